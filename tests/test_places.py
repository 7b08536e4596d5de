"""Places and area codes of the mainland, and their names in plans (language.md 4.3, 4.5)."""

import re

import pytest

from callplan.compiler.places import find, is_area_code, names, suggest
from callplan.runtime import places
from callplan.runtime.places import Place

# Prefecture-level places by GB/T 2260, as they are officially called; 市 is left out.
PREFECTURES = {
    "河北": "石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水",
    "山西": "太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁",
    "内蒙古": "呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒盟 阿拉善盟",
    "辽宁": "沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛",
    "吉林": "长春 吉林市 四平 辽源 通化 白山 松原 白城 延边朝鲜族自治州",
    "黑龙江": "哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭地区",
    "江苏": "南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁",
    "浙江": "杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水",
    "安徽": "合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城",
    "福建": "福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德",
    "江西": "南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶",
    "山东": "济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 临沂 德州 聊城 滨州 菏泽",
    "河南": "郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店",
    "湖北": "武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施土家族苗族自治州",
    "湖南": "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西土家族苗族自治州",
    "广东": "广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮",
    "广西": "南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左",
    "海南": "海口 三亚 三沙 儋州",
    "四川": "成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳"
    " 阿坝藏族羌族自治州 甘孜藏族自治州 凉山彝族自治州",
    "贵州": "贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南布依族苗族自治州 黔东南苗族侗族自治州 黔南布依族苗族自治州",
    "云南": "昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄彝族自治州 红河哈尼族彝族自治州 文山壮族苗族自治州"
    " 西双版纳傣族自治州 大理白族自治州 德宏傣族景颇族自治州 怒江傈僳族自治州 迪庆藏族自治州",
    "西藏": "拉萨 日喀则 昌都 林芝 山南 那曲 阿里地区",
    "陕西": "西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛",
    "甘肃": "兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏回族自治州 甘南藏族自治州",
    "青海": "西宁 海东 海北藏族自治州 黄南藏族自治州 海南藏族自治州 果洛藏族自治州 玉树藏族自治州 海西蒙古族藏族自治州",
    "宁夏": "银川 石嘴山 吴忠 固原 中卫",
    "新疆": "乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉回族自治州 博尔塔拉蒙古自治州 巴音郭楞蒙古自治州 阿克苏地区"
    " 克孜勒苏柯尔克孜自治州 喀什地区 和田地区 伊犁哈萨克自治州 塔城地区 阿勒泰地区",
}
MUNICIPALITIES = {"北京": "010", "上海": "021", "天津": "022", "重庆": "023"}

# Area codes in use, by the numbering plan: what they start with, and the last digits.
CODES = {
    "01": "0",
    "02": "0123457 89",
    "031": "0123456789",
    "033": "5",
    "034": "9",
    "035": "0123456789",
    "037": "0123456 79",
    "039": "123456 8",
    "041": "12 56789",
    "042": "1 79",
    "043": "123456789",
    "045": "123456789",
    "046": "4 789",
    "047": "0123456789",
    "048": "23",
    "051": "0123456789",
    "052": "3 7",
    "053": "0123456789",
    "054": "3 6",
    "055": "0123456789",
    "056": "1234 6",
    "057": "0123456789",
    "058": "0",
    "059": "123456789",
    "063": "12345",
    "066": "0 23 8",
    "069": "12",
    "070": "1",
    "071": "0123456789",
    "072": "2 4 8",
    "073": "01 456789",
    "074": "3456",
    "075": "0123456789",
    "076": "0 23 6 89",
    "077": "0123456789",
    "079": "0123456789",
    "081": "23 678",
    "082": "567",
    "083": "0123456789",
    "085": "1 456789",
    "087": "0123456789",
    "088": "3 678",
    "089": "12345678",
    "090": "123 6 89",
    "091": "1234567 9",
    "093": "0123456789",
    "094": "1 3",
    "095": "12345",
    "097": "01234567 9",
    "099": "0123456789",
}

WITHDRAWN = {
    "0320",
    "0378",
    "0410",
    "0413",
    "0414",
    "0448",
    "0565",
    "0732",
    "0733",
    "0765",
    "0852",
    "0853",
    "0899",
    "0910",
}

# Areas by the numbering plan; pinyin by the dictionary, with the characters of two readings that are easily got wrong.
KNOWN = {
    "长沙": ("changsha", "0731"),
    "株洲": ("zhuzhou", "0731"),
    "湘潭": ("xiangtan", "0731"),
    "西安": ("xian", "029"),
    "咸阳": ("xianyang", "029"),
    "成都": ("chengdu", "028"),
    "眉山": ("meishan", "028"),
    "资阳": ("ziyang", "028"),
    "沈阳": ("shenyang", "024"),
    "铁岭": ("tieling", "024"),
    "抚顺": ("fushun", "024"),
    "本溪": ("benxi", "024"),
    "合肥": ("hefei", "0551"),
    "巢湖": ("chaohu", "0551"),
    "郑州": ("zhengzhou", "0371"),
    "开封": ("kaifeng", "0371"),
    "贵阳": ("guiyang", "0851"),
    "遵义": ("zunyi", "0851"),
    "安顺": ("anshun", "0851"),
    "石家庄": ("shijiazhuang", "0311"),
    "秦皇岛": ("qinhuangdao", "0335"),
    "襄阳": ("xiangyang", "0710"),
    "普洱": ("puer", "0879"),
    "儋州": ("danzhou", "0898"),
    "三亚": ("sanya", "0898"),
    "三沙": ("sansha", "0898"),
    "海口": ("haikou", "0898"),
    "济源": ("jiyuan", "0391"),
    "仙桃": ("xiantao", "0728"),
    "潜江": ("qianjiang", "0728"),
    "天门": ("tianmen", "0728"),
    "神农架": ("shennongjia", "0719"),
    "石河子": ("shihezi", "0993"),
    "奎屯": ("kuitun", "0992"),
    "格尔木": ("geermu", "0979"),
    "莱芜": ("laiwu", "0634"),
    "嘉峪关": ("jiayuguan", "0937"),
    "金昌": ("jinchang", "0935"),
    "崇左": ("chongzuo", "0771"),
    "来宾": ("laibin", "0772"),
    "贺州": ("hezhou", "0774"),
    "贵港": ("guigang", "0775"),
    "亳州": ("bozhou", "0558"),
    "鹰潭": ("yingtan", "0701"),
    "舟山": ("zhoushan", "0580"),
    "晋中": ("jinzhong", "0354"),
    "吕梁": ("lvliang", "0358"),
    "长治": ("changzhi", "0355"),
    "长春": ("changchun", "0431"),
    "朝阳": ("chaoyang", "0421"),
    "漯河": ("luohe", "0395"),
    "厦门": ("xiamen", "0592"),
    "六安": ("luan", "0564"),
    "乐山": ("leshan", "0833"),
    "蚌埠": ("bengbu", "0552"),
    "丽水": ("lishui", "0578"),
    "宿迁": ("suqian", "0527"),
    "十堰": ("shiyan", "0719"),
    "百色": ("baise", "0776"),
    "昌都": ("changdu", "0895"),
    "那曲": ("naqu", "0896"),
    "呼和浩特": ("huhehaote", "0471"),
    "锡林郭勒": ("xilinguole", "0479"),
    "阿拉善": ("alashan", "0483"),
    "阿勒泰": ("aletai", "0906"),
    "乌鲁木齐": ("wulumuqi", "0991"),
    "克孜勒苏": ("kezilesu", "0908"),
    "巴音郭楞": ("bayinguoleng", "0996"),
    "海南州": ("hainanzhou", "0974"),
    "吉林市": ("jilinshi", "0432"),
}


def only(name: str) -> Place:
    found = find(name)
    assert len(found) == 1, f"{name}: {[place.name for place in found]}"
    return found[0]


def prefectures() -> list[tuple[str, str]]:
    return [(province, name) for province, listed in PREFECTURES.items() for name in listed.split()]


def test_all_provinces() -> None:
    assert len(places.provinces()) == 31
    assert {place.name for place in places.provinces()} == set(PREFECTURES) | set(MUNICIPALITIES)


def test_all_prefectures_have_a_code() -> None:
    assert len(prefectures()) == 333
    for province, name in prefectures():
        if name in {place.name for place in places.provinces()}:
            continue
        place = only(name)
        assert (place.kind, place.province) == ("city", province), name
        assert place.areas, name
        assert all(places.province_of(code) == province for code in place.areas), name


def test_the_other_cities() -> None:
    listed = {only(name).name for _, name in prefectures()}
    others = {city.name for city in places.cities()} - listed - set(MUNICIPALITIES)
    assert others == {"济源", "仙桃", "潜江", "天门", "神农架", "石河子", "奎屯", "格尔木", "莱芜", "巢湖"}


def test_all_area_codes() -> None:
    expected = sorted(f"{tens}{ones}" for tens, listed in CODES.items() for ones in listed.replace(" ", ""))
    assert list(places.area_codes()) == expected
    assert not WITHDRAWN & set(places.area_codes())


@pytest.mark.parametrize("text", ["010", "020", "0731", "0634"])
def test_is_area_code(text: str) -> None:
    assert is_area_code(text)


@pytest.mark.parametrize(
    "text", ["", "0", "10", "731", "0600", "0010", "00731", "07310", "852", "0852", "０７３１", "长沙"]
)
def test_is_no_area_code(text: str) -> None:
    assert not is_area_code(text)


@pytest.mark.parametrize(("code", "label"), [("010", "北京"), ("0731", "湖南 长沙"), ("0432", "吉林 吉林市")])
def test_label(code: str, label: str) -> None:
    assert places.label(code) == label


def test_cities_of_a_code_its_main_city_first() -> None:
    assert set(places.cities_of("0731")) == {"长沙", "株洲", "湘潭"}
    assert places.cities_of("024")[0] == "沈阳"
    assert places.cities_of("0775") == ("玉林", "贵港")
    assert places.cities_of("0634") == ("莱芜", "济南")
    assert places.cities_of("0979") == ("格尔木", "海西")
    assert places.cities_of("0992") == ("奎屯", "伊犁")
    with pytest.raises(KeyError):
        places.cities_of("0600")


def test_every_code_has_a_city_and_a_province() -> None:
    provinces = {place.name: place for place in places.provinces()}
    for code in places.area_codes():
        assert places.cities_of(code)
        assert code in provinces[places.province_of(code)].areas
    assert sum(len(place.areas) for place in provinces.values()) == len(places.area_codes())


@pytest.mark.parametrize("name", KNOWN)
def test_known_city(name: str) -> None:
    pinyin, code = KNOWN[name]
    assert only(name) == only(pinyin)
    assert only(name).pinyin == pinyin
    assert only(name).areas == (code,)


def test_a_city_of_several_codes() -> None:
    assert only("济南").areas == ("0531", "0634")
    assert only("海西").areas == ("0977", "0979")
    assert only("伊犁").areas == ("0992", "0999")


@pytest.mark.parametrize(("name", "code"), MUNICIPALITIES.items())
def test_a_name_of_both_is_the_province(name: str, code: str) -> None:
    place = only(name)
    assert (place.kind, place.areas) == ("province", (code,))
    assert only(f"{name}市") == place
    assert only(place.pinyin) == place


def test_jilin_and_hainan_are_provinces() -> None:
    assert only("吉林") == only("吉林省") == only("jilin")
    assert only("吉林").kind == "province"
    assert only("吉林市").areas == ("0432",)
    assert only("海南") == only("海南省") == only("hainan")
    assert only("海南").areas == ("0898",)
    assert only("海南藏族自治州") == only("海南州")


@pytest.mark.parametrize(
    "same",
    [
        "长沙 长沙市 changsha",
        "湖南 湖南省 hunan",
        "陕西 陕西省 shaanxi",
        "山西 山西省 shanxi",
        "内蒙古 内蒙古自治区 内蒙 neimenggu",
        "广西 广西壮族自治区 guangxi",
        "西藏 西藏自治区 xizang",
        "宁夏 宁夏回族自治区 ningxia",
        "新疆 新疆维吾尔自治区 xinjiang",
        "重庆 重庆市 chongqing",
        "恩施 恩施州 恩施土家族苗族自治州 enshi",
        "巴音郭楞 巴音郭楞州 巴州 巴音郭楞蒙古自治州",
        "锡林郭勒 锡林郭勒盟",
        "大兴安岭 大兴安岭地区",
        "毕节 毕节市 毕节地区 bijie",
        "襄阳 襄阳市 襄樊 襄樊市",
        "普洱 普洱市 思茅",
        "莱芜 莱芜区 莱芜市",
        "吕梁 吕梁市 lvliang lüliang lyuliang",
        "神农架 神农架林区",
    ],
)
def test_names_of_one_place(same: str) -> None:
    assert len({only(name) for name in same.split()}) == 1


def test_pinyin_that_several_share() -> None:
    shared = {name: {place.name for place in find(name)} for name in names() if len(find(name)) > 1}
    assert shared == {
        "fuzhou": {"福州", "抚州"},
        "suzhou": {"苏州", "宿州"},
        "taizhou": {"泰州", "台州"},
        "yichun": {"伊春", "宜春"},
        "yulin": {"玉林", "榆林"},
    }


def test_a_place_is_found_by_each_of_its_names() -> None:
    provinces = {name for place in places.provinces() for name in (place.name, place.pinyin, *place.also)}
    everywhere = [*places.provinces(), *places.cities()]
    for place in everywhere:
        for name in (place.name, place.pinyin, *place.also):
            found = find(name)
            assert place in found or (place.kind == "city" and name in provinces), name
    assert len({place.name for place in everywhere}) == len(everywhere) - len(MUNICIPALITIES)


def test_pinyin_is_lower_case_ascii() -> None:
    for place in [*places.provinces(), *places.cities()]:
        assert re.fullmatch(r"[a-z]+", place.pinyin), place.name
    assert len({place.pinyin for place in places.provinces()}) == 31


@pytest.mark.parametrize(
    "name", ["", "香港", "澳门", "台湾", "台北", "xianggang", "hong kong", "Changsha", "长沙县", "0731", "中国"]
)
def test_unknown(name: str) -> None:
    assert find(name) == ()
    assert name not in names()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Changsha", "changsha"),
        ("changsa", "changsha"),
        ("xi'an", "xian"),
        ("harbin", "haerbin"),
        ("石家壮", "石家庄"),
        ("乌鲁木其", "乌鲁木齐"),
        ("湖南长沙", "长沙"),
        ("大理市", "大理"),
        ("长沙县", "长沙"),
        ("香港", "abroad"),
        ("taiwan", "abroad"),
        ("长少", None),  # 长沙, 长春, 长治
        ("杨州", None),
        ("all", None),
        ("office", None),
        ("0732", None),
        ("", None),
    ],
)
def test_suggestion(name: str, meant: str | None) -> None:
    assert suggest(name) == meant
    assert meant in (None, "abroad") or find(meant)
