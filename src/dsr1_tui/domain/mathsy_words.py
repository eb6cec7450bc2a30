"""The signs by which a mathematics question is known, and those that speak against it, in both languages."""

import re
from typing import Final


def _words(pattern: str) -> re.Pattern[str]:
    """English words, whatever their case."""
    return re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)


CODE: Final = re.compile(
    r"`{3}|~{3}|\bdef \w+\(|\bimport \w|\bprint ?\(|#include|\w\(\)|==|!=|=>|&&|\|\||</\w|;[ \t]*(?:\n|$)"
    r"|\b[a-z]{2,}_[a-z]{2,}\b|\bSELECT\b.{1,80}\bFROM\b"
    r"|\b(?:python|javascript|typescript|golang|haskell|kotlin|numpy|pandas|pytorch|tensorflow|sql|regexp?|html|css"
    r"|json|yaml|bash|linux|docker|git|excel|spreadsheet|latex|typeset|scripts?|compiler?|debug|unit tests?|api"
    r"|leetcode|time complexity|big[- ]o)\b|\bC(?:\+\+|#)"
    r"|(?<!digit )\bcode\b|\bin (?:java|rust|go|swift|ruby|scala|matlab|r|c)\b"
    r"|\bwrite (?:me )?(?:an?|the|some) (?:\w+ ){0,3}(?:function|program|class|method|query|test)\b"
    r"|代码|编程|程序|脚本|编译|报错|数据库|写一?个.{0,8}函数|实现一?个",
    re.IGNORECASE | re.ASCII,  # Han next to `Python` is no part of that word
)
OTHER_TASK: Final = re.compile(
    r"\b(?:write|compose|draft|tell)\b[^.?!\n]{0,40}\b(?:essay|story|poem|letter|e-?mail|song|lyrics|haiku|joke|article"
    r"|blog|report|speech|tweet|review|novel|paragraph|dialogue|limerick)s?\b"
    r"|\b(?:translate|summari[sz]e|paraphrase|proofread|rewrite|recommend|suggest|history of|meaning of|what time)\b"
    r"|\bwhat (?:does|do|did)\b.{0,80}\bmean\b|\bwho (?:is|was|are|were|\w+ed)\b|\bwhen (?:was|did|is)\b|\bdefinition\b"
    r"|\bshould (?:i|we|my|you)\b|\bis too (?:old|young|much|many)\b|\b(?:do|will|would) (?:i|we) need\b"
    r"|\b(?:can|could|do) you\b"
    r"|\bin (?:\d+|two|three|five|ten) (?:short )?(?:sentences?|words?|paragraphs?|lines?|bullet|points)\b"
    r"|\b(?:recipe|cups? of|movies?|films?|books? about|restaurants?|hotels?|visa|symptoms?)\b"
    r"|翻译|总结|概括|推荐|写一?[首篇封段个]|作文|诗|什么意思|是谁|什么时候|何时|几点|几号|星期几|应该|介绍|历史"
    r"|什么是|解释|怎么[读写做办]|如何|故事|菜谱",
    re.IGNORECASE | re.ASCII,
)

TEX: Final = re.compile(
    r"\$[^$\n]{0,300}?(?:\\[A-Za-z]|[\^_=<>+*])[^$\n]{0,300}\$|\$ ?(?:[A-Za-z]|\(-?[\dA-Za-z][^$\n]{0,40}\)) ?\$"
    r"|\\\(|\\\["
    r"|\\(?:[dt]?frac|sqrt|int|sum|prod|lim|sin|cos|tan|log|ln|binom|p?mod|times|cdot|leq?|geq?|neq|angle|triangle"
    r"|mathbb|infty|overline|vec|partial|equiv)(?![a-z])|\\begin\{(?:cases|[pbv]?matrix|align|equation)"
)

_TERM: Final = r"(?:\d+(?:\.\d+)?[A-Za-z]{0,3}|(?<![A-Za-z'’])[A-Za-z]{1,2}|[)\]²³!|α-ω])"
RELATION: Final = re.compile(
    rf"{_TERM}(?:\^\d+|[₀-₉]+)? ?(?:<=|>=|[=＝≠≤≥<>≡]) ?[-+−]?"
    r"(?:\d|\(|√|\\|[?？]|[A-Za-z]{1,3}(?![A-Za-z])|(?:sin|cos|tan|log|ln|sqrt|max|min)\b)"
)
"""An equation or inequality between numbers, variables and brackets; `name=value` is none."""

SUM: Final = re.compile(
    r"[\dA-Za-z]\)\((?=[\dA-Za-z-])|\b[a-z] ?\* ?(?:[a-z]\b|sin|cos|tan|log|ln|exp)|\blog base \d"
    r"|\blim\b.{0,4}[a-z] ?(?:->|→)"
    r"|\d (?:squared|cubed)\b|\d° ?[+*/×÷−-]|[\d)²³!] ?[+*×·÷^＋] ?\(?[-−]?[\dA-Za-z(√]|[\d)] [-−/] [\d(]"
    r"|\d[A-Za-z]{1,2}\^?\d? ?[-+−] ?\d"
    r"|(?<![A-Za-z])[A-Za-z] ?\^ ?[\d({A-Za-z]|(?<![A-Za-z])[A-Za-z][²³]|[∫∑∏√]|sqrt\(|(?<!\d)\d{1,4}!(?!\w)"
    r"|\d ?% of \$?\d|\d (?:times|plus|minus|divided by|multiplied by|mod|modulo) [-−]?\d"
    r"|\d ?(?:加|减|乘以?|除以?) ?\d|[一二三四五六七八九十两百] ?(?:加|减|乘以?|除以?) ?[一二三四五六七八九十两百]"
)
"""An expression to be worked out. A bare `9/11`, `24/7` or `3-5` may be a date or a range and is none."""

ONLY_SIGNS: Final = re.compile(
    r"(?:[\d\s.,，+\-−*/×÷·^=＝()（）?？!√²³π%<>≤≥|°]|(?<![A-Za-z])[A-Za-z](?![A-Za-z])|sqrt|sin|cos|tan|log|ln|lim|d[xyt]"
    r"|plus|minus|times|divided by|squared|cubed|of)+"
)
LARGER: Final = re.compile(
    r"\b(?:larger|bigger|greater|smaller|less)\b[,:]? (?:is )?-?\d+[.\d/]* or -?\d"
    r"|\d和 ?-?\d[.\d/]*(?:，)?(?:哪个|谁)更?[大小]"
)
"""Two numbers compared: `Which is larger, 9.11 or 9.8?`"""


TASK: Final = _words(
    "solve|evaluate|compute|calculate|simplify|factori[sz]e|factor|expand|integrate|differentiate|prove|show that"
    "|find|determine|work out|express|derive|convert|round"
)
RECKON: Final = _words("compute|calculate|simplify|work out")
PROVE: Final = _words("prove|disprove|show that")
ASK: Final = _words(r"what(?:['’]s| is| are| will be| was)|find|determine|which")
IS: Final = re.compile(r"\s*(?:is|are|does)\b", re.IGNORECASE)
SETUP: Final = _words("let|suppose|given|consider|assume|assuming|if|when|where|such that")
HOW_MANY: Final = _words(
    "how (?:many|much|far|long|old|fast|tall|high|wide|heavy)|what (?:percent(?:age)?|fraction)"
    "|what (?:is|was|will be) (?:the|his|her|its|their)|find the (?:number|time|distance|total|cost|price)"
)
NOUN: Final = _words(
    "integral (?:of|from)|(?:anti)?derivative|(?:square|cube) root|remainder|gcd|lcm|hcf"
    "|greatest common (?:divisor|factor)|(?:least|lowest) common (?:multiple|denominator)"
    "|factorial|determinant|eigenvalues?|hypotenuse|logarithm|cosine"
    "|sine|tangent|prime (?:factor\\w*|numbers?)|primes?|integers?|divisors?|divisible|polynomials?|quadratic|equation"
    "|inequality|triangle|circle|rectangle|square (?:of|with)|sphere|cylinder|cone|cube|parallelogram|trapezoid"
    "|hexagon|perimeter|circumference|permutations?|arithmetic (?:sequence|progression|series|mean)|digits"
    "|geometric (?:sequence|progression|series|mean)|modulo|irrational|rational|real numbers?|complex numbers?|roots"
    "|odd numbers?|even numbers?|natural numbers?|dice|die is rolled|coins? (?:is|are) (?:flipped|tossed)|probability"
    "|lowest terms|decimal places?|radians|fibonacci|polygon|diagonals?|standard deviation|matrix|slope|parabola"
    "|ellipse|multiples?|(?:different |distinct )?ways"
)
AMOUNT: Final = _words(
    r"sum|average|mean|median|area|volume|percentage|percent"
    r"|(?:product|difference|quotient|ratio) (?:of|between) (?:the (?:two )?numbers |is )?[-−$]?\d+"
)
FUNCTION: Final = re.compile(
    r"(?<![A-Za-z])(?:sin|cos|tan|ln|log|exp|arcsin|arctan)(?: |\(|(?=[\dα-ω]))\(?[\dA-Za-zα-ω]"
    r"|e\^|(?<![\w'’])[xyzn](?![\w'’])"
)
CUE: Final = _words(
    "each|left|remain\\w*|altogether|in total|in all|total|more than|less than|fewer|twice|half|times as|gives?|gave"
    "|sells?|sold|buys?|bought|spends?|spent|eats?|ate|shares?|split|divided|equally|travels?|speed|mph|km/h|faster"
    "|older|younger|apart|discount|profit|percent|increase[sd]?|decrease[sd]?|interest|ratio|drains?|earns?|saves?"
    "|loses?|lost|sum|consecutive|average|tossed|drawn|rolled|flipped|per(?! (?:day|week|month|year|person|capita))"
)
NUMBER: Final = re.compile(
    r"(?<![\w.-])\$?\d[\d,]*(?:\.\d+)?(?![\d:]|[ap]m\b| ?[ap]\.?m\b)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|dozen|half|twice|double|triple)\b",
    re.IGNORECASE,
)
YEAR: Final = re.compile(r"(?:1[5-9]|20)\d\d")
DATE: Final = re.compile(r"\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|\b\d{1,2}:\d\d\b|\d+年\d+月(?:\d+日)?|\d+月\d+日|I ?<3")

ZH_TASK: Final = re.compile(
    r"求(?![助职救婚医学知问购租偶推])(?<![要需请追寻征])|解(?:方程|不等式|下列|这个方程|出)|计算(?![机器所力])|证明|求证|化简|因式分解|求导|解集"
    r"|求值|分解质因数|约分|通分|展开"
)
ZH_PROVE: Final = re.compile("证明|求证")
ZH_NOUN: Final = re.compile(
    "方程|不等式|函数|导数|积分(?![商兑卡])|极限|矩阵|行列式|特征值|概率|方差|数列|等差|等比|通项|三角形|圆的|正方形|长方形|矩形"
    "|平行四边形|梯形|圆柱|圆锥|球的|周长|面积|体积|半径|直径|斜边|边长|整数|质数|素数|合数|奇数|偶数|公约数|公倍数|因数|约数"
    "|余数|平方|立方|根号|对数|阶乘|排列|组合数|向量|抛物线|椭圆|双曲线|实数|复数|有理数|无理数|多项式|最大值|最小值|取值范围"
    "|之和|的和|之积|平均数|平均值|种不同的?|种[排选走]法|种方法|三位数|两位数"
)
ZH_HOW_MANY: Final = re.compile(
    r"多少|百分之几|几分之几|[是为]几|各?几[个只条元块本人米天头脚岁辆张支斤种次名棵件位箱千分小]"
)
ZH_EQUALS: Final = re.compile(r"(?:等于|得|是|[=＝]) ?(?:多少|几|[?？])")
ZH_CUE: Final = re.compile(
    r"共|剩|每|[多少]\d|[比倍]|一半|[买卖送给吃拿借还]了|平均|各|分给|利润|打\w?折|速度|每小时|同时|相向|相距|增加|减少|又|还有|原有|等于|余|%"
)
ZH_NUMBER: Final = re.compile(
    r"\d[\d,]*(?:\.\d+)?(?!\d*[年月日号:])|[二两三四五六七八九十百千]+(?=[个只条元块本人米天头脚岁辆张支斤名棵件位箱分千公小厘平倍]|$)"
    r"|一(?=[只条元块本米头脚辆张支斤棵件箱])"
)
