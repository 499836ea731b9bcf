"""Every code a pack author may meet, with the mistake it stands for and the mend.

The tests have one broken pack for each; from both, `pages` makes a page per code.
"""

from dataclasses import dataclass

from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class Code:
    code: str
    title: Text
    mend: Text


def _code(code: str, title: tuple[str, str], mend: tuple[str, str]) -> Code:
    """A code with its title and mend, each in Chinese and in English."""
    return Code(code, Text(*title), Text(*mend))


_ALL = (
    _code(
        "W1001",
        ("文件不是 YAML", "The file is no YAML"),
        (
            "在指出的位置改正 YAML；常见原因是缩进不对或缺引号。",
            "Mend the YAML at the place named; often an indentation or a missing quote.",
        ),
    ),
    _code(
        "W1002",
        ("同一键出现两次", "A key stands twice"),
        (
            "保留其中一个；否则 YAML 会悄悄采用最后一个。",
            "Keep one of them; YAML would silently take the last.",
        ),
    ),
    _code(
        "W1003",
        ("不认识的键", "A key is unknown"),
        ("改用提示中列出的键。", "Use one of the allowed keys named in the hint."),
    ),
    _code(
        "W1004",
        ("缺少必需的键", "A key is missing"),
        ("补上信息中指出的键。", "Add the key named in the message."),
    ),
    _code(
        "W1005",
        ("值的写法不对", "A value has the wrong shape"),
        ("按信息所说的写法写。", "Write the value as the message says."),
    ),
    _code(
        "W1006",
        ("名称不合规", "A name is not well formed"),
        (
            "名称用小写拉丁字母、数字和 _，不能用表达式语言的保留字。",
            "Names are lower-case Latin letters, digits and _, and no word of the expression language.",
        ),
    ),
    _code(
        "W1010",
        ("文件夹里没有规则包", "The folder holds no pack"),
        (
            "给出含 pack.yaml 的文件夹，或各含一个 pack.yaml 的文件夹的上级文件夹。",
            "Name a folder with a pack.yaml in it, or the folder above several such folders.",
        ),
    ),
    _code(
        "W2001",
        ("表达式读不懂", "An expression cannot be read"),
        (
            "在指出的位置改正；表达式按 SQL 条件的写法。",
            "Mend the expression at the place named; it is a SQL condition.",
        ),
    ),
    _code(
        "W2002",
        ("表达式用了规则语言没有的写法", "An expression uses something that rules do not have"),
        (
            "只用规则语言已有的写法：没有子查询、类型转换、模糊匹配。",
            "Use the closed language: no sub-queries, casts, patterns.",
        ),
    ),
    _code(
        "W2003",
        ("不认识的名称", "A name is unknown"),
        (
            "先定义它，或改正拼写；提示给出最接近的名称。",
            "Define it, or correct its spelling; the hint names the nearest.",
        ),
    ),
    _code(
        "W2004",
        ("不认识的函数", "A function is unknown"),
        ("改用规则语言已有的函数。", "Use one of the functions of the language."),
    ),
    _code(
        "W2005",
        ("类型不相配", "The types do not fit"),
        ("只比较、合并同类的值。", "Compare and combine only values of the same sort."),
    ),
    _code(
        "W2006",
        ("名称循环引用", "Names depend on each other in a circle"),
        (
            "断开循环：一个值不能直接或间接地用到自己。",
            "Break the circle: a value cannot use itself, even through others.",
        ),
    ),
    _code(
        "W2104",
        ("不认识的记录种类", "A record kind is unknown"),
        (
            "在本包或其他包中声明该记录种类，或改正拼写。",
            "Declare the kind in this pack or another one, or correct its spelling.",
        ),
    ),
    _code(
        "W2105",
        ("不认识的人群", "A group is unknown"),
        ("声明该人群，或改正拼写。", "Declare the group, or correct its spelling."),
    ),
    _code(
        "W2106",
        ("不认识的依据", "A source is unknown"),
        (
            "在 sources 下列出该文件，并使用它的名称。",
            "List the document under 'sources' and use its name.",
        ),
    ),
    _code(
        "W2107",
        ("两个包定义了同一名称", "Two packs define the same name"),
        (
            "改掉一个：记录种类、人群、服务安排、指标的名称由所有包共用。",
            "Rename one: kinds, groups, schedules and indicators are shared by all packs.",
        ),
    ),
    _code(
        "W2108",
        ("包内名称遮住了另一个名称", "A local name hides another one"),
        (
            "改名，使每个名称在包内只有一个意思。",
            "Rename it, so that every name has one meaning in its pack.",
        ),
    ),
    _code(
        "W2109",
        ("不认识的选项组", "An option set is unknown"),
        (
            "在本包的 options 下声明该选项组，或改正拼写；选项组只在自己的包内有效。",
            "Declare the set under 'options' of this pack, or correct its spelling; a set is known in its own pack only.",
        ),
    ),
    _code(
        "W2110",
        ("规则混用了不同实体", "The rule mixes entities"),
        (
            "一条规则只针对一类实体；请用该实体的事实。",
            "A rule is about one entity; use facts of that entity.",
        ),
    ),
    _code(
        "W2111",
        ("“在册”规定了两次", "Presence is defined twice"),
        ("每类实体只保留一处“在册”的规定。", "Keep one definition of who is present per entity."),
    ),
    _code(
        "W2112",
        ("不认识的步骤", "A step is unknown"),
        (
            "步骤等待的是同一系列中写在前面的步骤：改正名称。",
            "A step waits for an earlier step of the same series: correct its name.",
        ),
    ),
    _code(
        "W2120",
        ("单位不一致", "The units do not fit"),
        (
            "单位不同的数不能比较、相加减，也不能互相替代；先用参数换算，或在声明处改正单位。",
            "Numbers in different units are not compared, added or offered as one another: convert one, "
            "or correct the unit where it is declared.",
        ),
    ),
    _code(
        "W2130",
        ("不认识的状态", "A state is unknown"),
        ("用流程里声明的状态。", "Use one of the states that the workflow declares."),
    ),
    _code(
        "W2131",
        ("不认识的角色", "A role is unknown"),
        ("用提示里列出的角色。", "Use one of the roles named in the hint."),
    ),
    _code(
        "W3001",
        ("项目的声明自相矛盾", "A field is declared inconsistently"),
        (
            "选项只用于选择题，上下限和常见范围只用于数字，常见范围不超出上下限；每条记录都有的列不再声明；同名的共享项类型、"
            "单位、选项要一致；同一小标题只出现一次。",
            "Options belong to choices, limits and usual values to numbers, and what is usual lies within the limits; no "
            "column of every record is declared again; shared fields of one name have the same type, unit and options; "
            "a section stands once.",
        ),
    ),
    _code(
        "W3002",
        ("参数的声明自相矛盾", "A parameter is declared inconsistently"),
        (
            "各值的日期由早到晚；各值同属一类。",
            "Dates rise from one value to the next; values are of one type.",
        ),
    ),
    _code(
        "W3003",
        ("服务安排的声明自相矛盾", "A schedule is declared inconsistently"),
        (
            "最后一个间隔不带条件；提前量用天数；after 用取最近一条的事实；一个步骤只有一个最后年龄。",
            "The last interval stands without a condition; leads are in days; after is a latest fact; "
            "a step has one last age.",
        ),
    ),
    _code(
        "W3004",
        ("项目的填写条件不成立", "The condition of a field is none of a form"),
        (
            "asked_if 只看本表单中在它上面的项目，写成是非条件；共享项总是要问，不能带条件。",
            "asked_if looks at the fields above it in its own form and is true or false; shared fields are always asked.",
        ),
    ),
    _code(
        "W3005",
        ("对外交换的声明不成立", "The exchange of a kind does not hold"),
        (
            "只有居民的记录对外交换；代码写法和校验位要对，类型要相配；时刻要有日期；缓急的每个选项都要写明。",
            "Only records about residents are told to other systems; codes have their check digit, types fit, clocks have "
            "a day, and each option of a priority is given.",
        ),
    ),
    _code(
        "W4001",
        ("一无所知者也在人群内", "A group holds those of whom nothing is known"),
        (
            "让条件以已知的事实开头，例如先写明有登记或有出生日期；没有任何资料的人不应被要求任何服务。",
            "Begin the condition with something that is known, such as a registration or a birth date: "
            "nobody should be asked for anything because nothing is written down about them.",
        ),
    ),
    _code(
        "W4002",
        ("累计数字没有时间窗", "A cumulative figure has no time window"),
        (
            "给分子所用的事实加 during；确是只增不减的累计指标，则在指标上写 cumulative 说明理由。",
            "Give the facts of the numerator a window (during); where the figure is meant to add up over all years, "
            "say why with cumulative on the indicator.",
        ),
    ),
    _code(
        "W4003",
        ("定义了却没有用到", "A name is defined and never used"),
        (
            "删去，或在规则中用上；常见原因是改规则时忘了换名称。",
            "Remove it, or use it; often a rule was changed and still names another one.",
        ),
    ),
    _code(
        "W4004",
        ("周期内的服务由周期外的记录算作完成", "Records from before its time count as done"),
        (
            "给 satisfied 所用的事实加上与周期同名的时间窗，如 during: half_year；时长（6 months）会跨过周期的首日。",
            "Give the facts of 'satisfied' the window of the same name (during: half_year): a length such as 6 months "
            "reaches back over the first day.",
        ),
    ),
    _code(
        "W5001",
        ("测试中的值表单不会收", "A test holds a value that no form takes"),
        (
            "写表单或台账会收的值：类型相符、在范围内、是已有的选项，且按前面的回答确实要问此项。",
            "Write what a form or a register would take: of its type, within its limits, one of its options, asked for.",
        ),
    ),
    _code(
        "W5002",
        ("测试中的流程状态没有日期", "A test's record is in a state since no day"),
        (
            "写明进入该状态的日期：state_since，或如 sent_on 的该状态日期，二者是同一天。",
            "Say since when it is in the state: state_since, or the day of the state such as sent_on; both are one day.",
        ),
    ),
    _code(
        "W5003",
        ("测试的写法无法比较", "What a test expects cannot be looked at"),
        (
            "一个测试只讲一个对象；edges 只看一项并写明其日期；系列按步骤写；组合指标在机构或区划上测。",
            "A test is about one entity; edges looks at one item with its days; a series is expected by step; "
            "composed figures are tested at an institution or a place.",
        ),
    ),
    _code(
        "W3050",
        ("采用方式的声明自相矛盾", "The adoption is declared inconsistently"),
        (
            "只有写了 adoption: by_place 的包才有版次，供各地采用其一。",
            "Only packs with 'adoption: by_place' have editions, for a place to adopt one of them.",
        ),
    ),
    _code(
        "W3020",
        ("指标的声明自相矛盾", "An indicator is declared inconsistently"),
        (
            "计分的界值由好到差；分组写在被计数的指标上；小数隐去只用于计数的指标。",
            "Thresholds run from the best down; breakdowns belong to indicators that count, and so does suppression.",
        ),
    ),
    _code(
        "W3010",
        ("流程的声明自相矛盾", "A workflow is declared inconsistently"),
        (
            "每个状态都要能到达，非终结状态都要有出路；移交给机构类型的项目。",
            "Every state is reached and, unless final, left again; a hand-over goes to a field of type institution.",
        ),
    ),
    _code(
        "W3101",
        ("标准的声明自相矛盾", "A standard is declared inconsistently"),
        (
            "条款编号不重复，判定项从C档写起；比例大于0、不超过1；由人判定的写明佐证材料；工作量大于0。",
            "Clauses have numbers of their own and criteria from C upwards; shares lie above 0 and at most at 1; "
            "what people judge names its evidence; costs are above 0.",
        ),
    ),
)

CODES = {code.code: code for code in _ALL}
