/* A method's way for calls with positional arguments only, ahead of the general one, which costs half as much as BASE to
   find out that there are no keywords. Tested by tests/test_engine.py. */
#ifndef CALLPLAN_POSITIONAL_H
#define CALLPLAN_POSITIONAL_H

#include <Python.h>

typedef PyObject *const *cp_objects;
typedef PyObject *(*cp_general)(PyObject *, cp_objects, Py_ssize_t, PyObject *);

/* The general way of the method `name` of a type that this module has made, replaced by `ahead`. NULL, and nothing changed,
   where the method is not called in the way that `ahead` is. */
static cp_general cp_put_ahead(PyObject *type, const char *name, cp_general ahead) {
    PyObject *method = PyDict_GetItemString(((PyTypeObject *)type)->tp_dict, name);
    PyMethodDef *own;
    cp_general general;
    if (method == NULL || !Py_IS_TYPE(method, &PyMethodDescr_Type))
        return NULL;
    own = ((PyMethodDescrObject *)method)->d_method;
    if (own->ml_flags != (METH_FASTCALL | METH_KEYWORDS))
        return NULL;
    general = (cp_general)(void (*)(void))own->ml_meth;
    own->ml_meth = (PyCFunction)(void (*)(void))ahead;
    return general;
}

#endif
