"""What stands behind a number: units in English, Chinese and symbols, with what they are of one another."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from dsr1_tui.domain.answers.words import folded

_TABLE: Final = """
m 1 m metre metres meter meters 米
m 1/1000 mm millimetre millimetres millimeter millimeters 毫米
m 1/100 cm centimetre centimetres centimeter centimeters 厘米 公分
m 1/10 dm decimetre decimeter decimeters 分米
m 1000 km kilometre kilometres kilometer kilometers 千米 公里
m 1609344/1000 mile miles mi 英里
m 3048/10000 ft foot feet 英尺
m 254/10000 inch inches 英寸
m 9144/10000 yard yards yd
s 1 s sec second seconds 秒 秒钟
s 60 min minute minutes 分钟
s 3600 h hr hour hours 小时 时
s 86400 day days 天 日
s 604800 week weeks 周 星期
s 1/1000 ms millisecond milliseconds 毫秒
month 1 month months 月 个月
month 12 year years 年 岁
kg 1 kg kilogram kilograms 千克 公斤
kg 1/1000 g gram grams 克
kg 1/1000000 mg milligram milligrams 毫克
kg 1000 t ton tons tonne tonnes 吨
kg 45359237/100000000 lb lbs pound pounds 磅
L 1 l litre litres liter liters 升
L 1/1000 ml millilitre millilitres milliliter milliliters 毫升
USD 1 $ dollar dollars usd 美元
USD 1/100 cent cents ¢ 美分
CNY 1 元 rmb yuan 人民币 ￥ ¥ 块 块钱
CNY 1/10 角 毛
EUR 1 € euro euros 欧元
GBP 1 £
N 1 newton newtons 牛 牛顿
J 1 j joule joules 焦 焦耳
J 1000 kj
W 1 w watt watts 瓦 瓦特
W 1000 kw 千瓦
V 1 v volt volts 伏 伏特
Pa 1 pa 帕
mol 1 mol 摩尔
Hz 1 hz 赫兹
celsius 1 °c celsius 摄氏度
unit 1 unit units 单位 单位长度
"""
_OWN: Final = {"square": 2, "sq": 2, "平方": 2, "cubic": 3, "立方": 3}
_COUNTERS: Final = frozenset(
    {"个", "种", "只", "名", "位", "条", "张", "件", "项", "次", "组", "对", "支", "本", "棵", "辆", "颗", "枚"}
)
_PER: Final = frozenset({"per", "每", "/"})
BARE: Final = frozenset(
    [
        "mm",
        "cm",
        "dm",
        "km",
        "ft",
        "mi",
        "kg",
        "mg",
        "lb",
        "lbs",
        "ml",
        "mol",
        "hz",
        "kj",
        "kw",
        "min",
        "hr",
        "sec",
        "mph",
        "kph",
        "ms",
        "usd",
        "rmb",
        "yd",
    ]
)
"""Units that are told from products of letters where they stand behind a number without `\\text`."""
BARE_LETTERS: Final = frozenset({"m", "s", "g", "h", "t", "L", "l", "N", "J", "W", "V"})
"""As `BARE`, with a blank before."""
_COMPOUND: Final = {
    "mph": (("mile", 1), ("hour", -1)),
    "kph": (("km", 1), ("hour", -1)),
    "km/h": (("km", 1), ("h", -1)),
}


def _table() -> dict[str, tuple[str, Fraction]]:
    lines = [line.split() for line in _TABLE.strip().splitlines()]
    return {name: (dimension, Fraction(factor)) for dimension, factor, *names in lines for name in names}


_UNITS: Final = _table()


@dataclass(frozen=True, slots=True)
class Unit:
    """What a number counts."""

    dimension: str
    """What is measured, as a product of base units (`m^1*s^-1`); for an unknown unit its words; empty for none."""
    factor: Fraction
    """How many base units it is."""


NO_UNIT: Final = Unit("", Fraction(1))


def unit_of(words: Sequence[str]) -> Unit:
    """The unit that a row of words, `/`, `*`, `^` and whole numbers says: ["cm", "^", "2"], ["平方厘米"]."""
    parts = _parts(words)
    if not parts:
        return NO_UNIT
    dimensions: dict[str, int] = {}
    factor = Fraction(1)
    for name, times in parts:
        known = _UNITS.get(name)
        dimension = known[0] if known else name
        dimensions[dimension] = dimensions.get(dimension, 0) + times
        factor *= known[1] ** times if known else 1
    if set(dimensions) == {"L"}:  # a litre is a cubic decimetre
        dimensions, factor = {"m": 3 * dimensions["L"]}, factor / Fraction(1000) ** dimensions["L"]
    return Unit("*".join(f"{name}^{times}" for name, times in sorted(dimensions.items())), factor)


def is_unit(word: str) -> bool:
    """Whether a word is a known unit or a Chinese measure word."""
    name = _plain(word)
    return bool(name) and all(part in _UNITS or part in _COUNTERS for part, _ in _split(name))


def _parts(words: Sequence[str]) -> list[tuple[str, int]]:
    parts: list[tuple[str, int]] = []
    sign, own = 1, 1
    queue = list(words)
    while queue:
        word = queue.pop(0)
        if word in _PER or word.casefold() == "per":
            sign = -1
        elif word == "^" and queue:
            times = queue.pop(0)
            if parts and times.isdecimal() and len(times) == 1:
                parts[-1] = (parts[-1][0], parts[-1][1] * int(times))
        elif word == "squared" and parts:
            parts[-1] = (parts[-1][0], parts[-1][1] * 2)
        elif word in _OWN:
            own = _OWN[word]
        elif word not in {"*", "of", "-"} and (name := _plain(word)):
            parts.extend((part, times * sign * own) for part, times in _split(name))
            own = 1
    return [(name, times) for name, times in parts if name not in _COUNTERS]


def _plain(word: str) -> str:
    """A unit's name as the table has it; an unknown one in the singular."""
    if word in {"$", "¥", "￥", "€", "£", "¢"}:
        return word
    name = word.casefold() if word.casefold() == "°c" else folded(word)
    if name in _UNITS or not name.isascii():
        return name
    return name.removesuffix("s") if len(name) > 3 else name  # noqa: PLR2004  "gas" and "bus" are no plurals


def _split(name: str) -> list[tuple[str, int]]:
    """A name in its parts: 千米每小时, 平方厘米, 个苹果, mph."""
    if name in _COMPOUND:
        return list(_COMPOUND[name])
    if name in _UNITS or name.isascii():
        return [(name, 1)]
    if "每" in name[1:-1]:
        above, _, below = name.partition("每")
        return [*_split(above), *((part, -times) for part, times in _split(below))]
    for own in ("平方", "立方"):
        if name.startswith(own) and name[2:] in _UNITS:
            return [(name[2:], _OWN[own])]
    if name[0] in _COUNTERS and len(name) > 1:
        return [(name[1:], 1)]
    return [(name, 1)]
