"""What each key of a pack means, in both languages: shown by editors while an author types.

By the name of the shape, then the key as it is written. A test finds keys without a meaning.
"""

from collections.abc import Mapping

from wangdi.engine.packs.described import Keys, described
from wangdi.engine.packs.exchange_keys import EXCHANGE_KEYS
from wangdi.engine.packs.sheet_keys import SHEET_KEYS
from wangdi.engine.packs.standard_keys import STANDARD_KEYS

_TITLE = ("名称，中英文", "Its title in Chinese and English")
_ENTITY = ("针对哪类实体；不写则同规则包", "Which entity it is about; that of the pack if not given")
_INTERNAL = (
    "true：只供其他规则引用，个人页面和“我的工作”不列出",
    "true: only a step of other rules; pages of people and “my work” leave it out",
)
_URGENCY = (
    "清单中的先后：first 先，usual 一般，later 后；同一档内逾期久的在前",
    "Where it stands in lists: first, usual or later; among equals the longest overdue come first",
)
_BECAUSE = (
    "给工作人员看的理由；可写 {事实.项目} 或 {值}",
    "The reason shown to workers; may hold {fact.field} and {value}",
)
_STATUS = (
    "official 已核对原文；unverified 未核对，界面上会标明",
    "official: read in the document itself; unverified: not yet, and shown as such",
)

_STOP = ("条件；成立期间不产生应做事项", "A condition; while it is true nothing is due")
_RESPONSIBLE = (
    "由哪个机构办理（编码）；不写或为空即本人、本物所属机构",
    "The code of the institution that has to act; not given or empty: that of whom it is about",
)
_GRACE = (
    "宽限：从可以做的那天起，至少过这么久才算逾期",
    "It is overdue no sooner than so long after it first might be done",
)

KEYS: Mapping[str, Keys] = {
    "TextShape": described(zh=("中文", "The Chinese wording"), en=("英文", "The English wording")),
    "SourceShape": described(
        title=("文件标题", "The document's title"),
        number=("文号", "Its number, such as 国卫基层发〔2017〕13号"),
        date=("发布日期或年份", "The day or year it was published"),
        address=("网址", "Where it can be read"),
        status=_STATUS,
    ),
    "DatedValueShape": described(
        since=("从哪一天起执行", "The day from which it is in force"),
        value=(
            "数值，或时长如 3 months；留空表示自此失效",
            "A number or a duration such as 3 months; empty ends it",
        ),
        source=("与参数的依据不同时填写", "Where it differs from the parameter's source"),
        status=_STATUS,
        checked_on=(
            "最近一次核对仍有效的日期",
            "The day on which somebody last found it still valid in its source",
        ),
    ),
    "ParameterShape": described(
        title=_TITLE,
        unit=(
            "单位，如 mmHg；单位不同的数不能比较",
            "The unit, such as mmHg; different units are never compared",
        ),
        source=("依据：sources 中的名称", "The document: a name under sources"),
        status=_STATUS,
        applies_by=(
            "按评估日（day）还是按本人出生日期（birth_date）取值",
            "What chooses the value: the day of evaluation, or the person's birth date",
        ),
        values=("历次数值，由早到晚", "Its values, from the earliest to the latest"),
    ),
    "FieldShape": described(
        title=("项目名称；中文即 Excel 的列名", "The field's title; the Chinese one is the heading in Excel"),
        type=("项目类型", "What it holds: choice takes one option, choices several"),
        options=(
            '选项：代码加引号，如 "1": {zh: 是, en: Yes}；或包内 options 中的名称',
            'Options by code, in quotes: "1": {zh: …, en: Yes}; or the name of a set under options',
        ),
        ordered=(
            "选项由低到高，可用 < 和 >= 比较",
            "The options rise, so that rules may compare them with < and >=",
        ),
        unit=("单位", "The unit of a number"),
        min=("允许的最小值（含）", "The smallest value allowed, included"),
        max=("允许的最大值（含）", "The largest value allowed, included"),
        required=("必填", "The form cannot be signed off without it"),
        shared=(
            "一次服务填几张表时，各表同名的共享项只填一次，如血压、体重",
            "When a visit fills several forms, shared fields of one name are typed once, as blood pressure and weight are",
        ),
        asked_if=(
            "条件：只看它上面各项的回答；不成立时不问此项，也不能有值",
            "A condition on the fields above; while it is not true, the field is not asked and holds nothing",
        ),
        section=(
            "小标题：写在一段的第一项上，管到下一个小标题",
            "A heading of the form, at the first field under it; it holds until the next heading",
        ),
        others=(
            "选项编码：文件里不认识的写法一律记作它，并列出提示；不写则退回",
            "The option that texts of a file stand for which are no option; they are noted. Without it they are refused",
        ),
        usual=(
            "常见范围：范围外的数值提醒核对，不拒收",
            "Where nearly all values lie: others are asked about and taken",
        ),
        record_of=(
            "文本项：所属记录的种类（存其系统编号），或“种类.项目”（存该项的值，如任务编号）；填表时从未办结的记录中选",
            "Of a text: the kind of the record that this one belongs to, whose id is stored, or kind.field to store "
            "that text of it, as its number; forms offer those still open",
        ),
        exchange=(
            "与外部系统交换（FHIR）时怎样表达",
            "How it is told to other systems (FHIR)",
        ),
    ),
    "UsualShape": described(
        min=("常见的最小值（含）", "The smallest usual value, included"),
        max=("常见的最大值（含）", "The largest usual value, included"),
        source=("依据，本包 sources 中的名称", "Where the range is written: a name under sources"),
        status=(
            "official 已与依据核对；unverified 未核对",
            "official: read in the source; unverified: not checked",
        ),
    ),
    "KindShape": described(
        title=("记录种类名称，即表单名称", "The title of the kind of record, as on its form"),
        about=("记录的对象是哪类实体", "Which entity a record is about"),
        fields=("表单的项目", "The fields of its form"),
        workflow=(
            "流程：记录要由几方先后办理",
            "The states such a record passes through, and who moves it on",
        ),
        quick=(
            "对象页面上直达表单的按钮",
            "A button to its form on the page of whom it is about",
        ),
        exchange=(
            "与外部系统交换（FHIR）时整条记录怎样表达",
            "How the whole record is told to other systems (FHIR)",
        ),
    ),
    "QuickShape": described(
        title=("按钮上的字，如 签约", "What the button says, such as Sign"),
        group=("只对该人群的成员显示", "Only for members of this group"),
        unless=("对该人群的成员不显示", "Not for members of this group"),
    ),
    "WorkflowShape": described(
        states=("状态，按先后；第一个是新记录的状态", "The states in order; a new record is in the first"),
        final=("终结状态：不再有事要办", "The states in which nothing is left to do"),
        resting=(
            "静置状态：有事项应做之前无事要办，不进待办流转",
            "States in which nothing has to be done until something about the record is due: not in the inbox before",
        ),
        transitions=("流转：由哪个状态到哪个状态", "The steps from one state to another"),
        limits=(
            "时限：在某状态停留多久；超时即应做事项",
            "How long a record may stay in a state; what is late is a due item",
        ),
    ),
    "TransitionShape": described(
        title=("流转名称，即按钮上的字", "The title of the step, as on its button"),
        **{"from": ("从哪个（哪些）状态", "The state or states it leads out of")},
        to=("到哪个状态", "The state it leads to"),
        by=("哪些角色可以办", "The roles that may make it"),
        side=(
            "由哪一方办：holder 承办机构，origin 发起机构",
            "At which institution: holder, which has the record in hand, or origin, where it was written",
        ),
        needs=("必须填的项目", "Fields that have to be filled in"),
        asks=("可填可不填的项目", "Fields that may be filled in"),
        hand_over=(
            "移交给：机构类型的项目，或 origin（退回发起机构）",
            "Who has it in hand next: a field of type institution, or origin",
        ),
        exceptional=(
            "例外步骤（撤销、放弃、失访等）：只能办例外步骤的人，待办流转中不列",
            "Not what should happen next (withdrawing, giving up): whoever may only do that does not have it on their list",
        ),
    ),
    "LimitShape": described(
        state=("在哪个状态", "In which state"),
        urgency=_URGENCY,
        within=(
            "停留多久：时长或参数，从进入之日算起",
            "How long: a duration or a parameter, from the day it came in",
        ),
        title=("应做事项的名称", "The title of the due item"),
        because=_BECAUSE,
        escalate=("升级：仍然超时，归上级机构", "What stays late goes to the institution above"),
    ),
    "EscalationShape": described(
        after=("超时之后再过多久，如 2 days", "How long after the limit, such as 2 days"),
        title=("升级后的名称", "The title of the escalated item"),
        because=_BECAUSE,
    ),
    "FactShape": described(
        latest=("取最近一条：记录种类", "The last record of this kind"),
        first=("取第一条：记录种类", "The first record of this kind"),
        nth=("取第几条（n）：记录种类", "The record of this kind with a number (n)"),
        count=(
            "计数：记录种类；与 over 同用时为人群或条件",
            "How many records of this kind; with over: for how many a group or condition is true",
        ),
        count_distinct=("不同的值（of）有几个：记录种类", "How many different values (of) at this kind"),
        sum=(
            "求和（of）：记录种类；与 over 同用时为下级各实体的一个数",
            "The sum of a number (of) at this kind; with over: of a number of each one below",
        ),
        min=(
            "最小值（of）：记录种类；与 over 同用时为下级各实体的一个数或日期",
            "The smallest value (of) at this kind; with over: of those below",
        ),
        max=(
            "最大值（of）：记录种类；与 over 同用时为下级各实体的一个数或日期",
            "The largest value (of) at this kind; with over: of those below",
        ),
        mean=(
            "平均数（of）：记录种类；与 over 同用时为下级各实体的一个数",
            "The average of a number (of) at this kind; with over: of a number of each one below",
        ),
        any=(
            "有没有：记录种类；与 over 同用时为人群或条件",
            "Whether there is a record of this kind; with over: whether a condition is true for anybody",
        ),
        most_per_day=("一天最多几条：记录种类", "How many records of this kind on the fullest day"),
        over=(
            "汇总下级：residents、workers、institutions 或 places",
            "Looks at those below: residents, workers, institutions or places",
        ),
        entity=(
            "与 over 同用：institution 或 place；不写则同规则包",
            "With over: for whom, institution or place; that of the pack if not given",
        ),
        relation=(
            "about 关于该实体的，at 在该机构做的，by 由该人员做的；"
            "living_in 住在该区划的居民的，looked_after_by 由该机构管理的居民的",
            "about: the subject's; at: done at the institution; by: done by the worker; living_in, looked_after_by: "
            "of the residents of a place or an institution",
        ),
        during=(
            "时间窗：year、half_year、quarter、month（自然年、半年、季、月的首日至当日）、period、previous_period、ever，"
            "6 months 等时长，或 since 加日期",
            "The window: year, half_year, quarter, month (of the calendar, through the day), period, previous_period, "
            "ever, a length such as 6 months, or since and a date",
        ),
        where=("条件：只看满足条件的记录", "A condition on the record"),
        of=("对每条记录计算的表达式", "What is worked out at each record"),
        n=("第几条；-1 为最后一条", "Its number; -1 is the last one"),
    ),
    "ValueShape": described(
        title=_TITLE,
        entity=_ENTITY,
        internal=_INTERNAL,
        unit=(
            "单位：数由乘除算出、单位看不出来时写，如 元",
            "The unit of a number whose parts do not tell it, such as a product: yuan",
        ),
        is_=("表达式", "The expression"),
    ),
    "GroupShape": described(
        title=_TITLE,
        entity=_ENTITY,
        internal=_INTERNAL,
        when=("条件：为真者属于该人群", "Who is in it: a condition"),
    ),
    "IntervalShape": described(
        when=("条件；最后一个间隔不写", "When it applies; the last one has none"),
        then=("间隔：时长或参数名称", "How long: a duration or a parameter"),
        because=_BECAUSE,
    ),
    "DutyShape": described(responsible=_RESPONSIBLE),
    "EveryShape": described(
        after=("上一次服务：取最近一条的事实", "The last service: a latest fact"),
        start=("尚无服务时从哪一天起算", "The day to count from while there was no service"),
        first=("首次的间隔", "The interval of the first one"),
        first_because=_BECAUSE,
        intervals=("间隔：第一个条件为真者有效", "The intervals; the first whose condition is true counts"),
        stop=_STOP,
        until=("提供这项服务的最后一天", "The last day on which the service is given"),
        responsible=_RESPONSIBLE,
    ),
    "OncePerShape": described(
        calendar=("年、半年、季度或月", "In each year, half-year, quarter or month"),
        satisfied=("本周期已完成的条件", "When nothing is due any more in this unit"),
        not_before=("最早从哪一天起", "The earliest day"),
        because=_BECAUSE,
        responsible=_RESPONSIBLE,
    ),
    "DeadlineShape": described(
        from_=("从哪一天起应做", "The day from which it is due"),
        within=("限期：时长或参数名称", "How long after that day at the latest: a duration or a parameter"),
        done=("已完成的条件", "When it is done: a condition"),
        stop=_STOP,
        because=_BECAUSE,
        responsible=_RESPONSIBLE,
    ),
    "StepShape": described(
        title=_TITLE,
        given=("完成的那一天；空着即尚未完成", "The day on which it was done; empty: not yet"),
        when=("条件：对谁适用", "For whom it is: a condition"),
        from_=("最小年龄；不写即从起算日起", "The youngest age; from the anchor itself if not given"),
        by=("应在满该年龄当天及以前完成", "To be done on the day of this age at the latest"),
        before=("应在满该年龄之前完成", "To be done before the day of this age"),
        until=("从满该年龄那天起不能再做", "From the day of this age on it can no longer be done"),
        after=("等待的前一步骤", "The earlier step that it waits for"),
        min_interval=("与前一步骤至少间隔多久", "How long after that step at the soonest"),
        not_before=("其他原因所定的最早日期", "Another day before which it may not be done"),
        grace=_GRACE,
        report_missed=("不能再做后以“已错过”留在清单中", "It stays in the list as missed"),
        because=_BECAUSE,
    ),
    "SeriesShape": described(
        anchor=("起算日，如 birth_date", "The day that ages are counted from, such as birth_date"),
        stop=_STOP,
        grace=_GRACE,
        steps=("步骤，按完成的先后", "The steps by name, in the order in which they are done"),
        responsible=_RESPONSIBLE,
    ),
    "OncePerYearShape": described(
        satisfied=("本年已完成的条件", "When nothing is due any more this year"),
        not_before=("最早从哪一天起", "The earliest day"),
        because=_BECAUSE,
        responsible=_RESPONSIBLE,
    ),
    "ScheduleShape": described(
        title=_TITLE,
        group=("为哪个人群", "For which group"),
        service=("完成它的记录种类", "The kind of record that settles it"),
        lead=(
            "到期日之前多少天转为“应做”，如 7 days",
            "How long before the day it turns due, such as 7 days",
        ),
        urgency=_URGENCY,
        fades=(
            "逾期多久后排到后面（只影响清单顺序），如 1 year",
            "Overdue for so long it stands with what comes later in lists, such as 1 year",
        ),
        every=("按间隔反复", "Again and again, after an interval"),
        once_per=("每个年、半年、季度或月一次", "Once in each year, half-year, quarter or month"),
        once_per_year=("每年一次", "Once in each calendar year"),
        series=("从同一天算起的若干步骤", "Steps counted from one day"),
        deadline=("一次性限期", "Once, within some days of a day"),
        each=("每条记录一项", "One item per record"),
    ),
    "EachShape": described(
        record=("记录种类", "The kind of record"),
        where=("哪些记录：对记录的条件", "Which records: a condition on the record"),
        **{"from": ("从哪天起", "The first day, from the record")},
        within=("多久之内：时长或参数", "How long from then on: a duration or a parameter"),
        responsible=("由哪个机构办理（编码）", "The code of the institution that has to act"),
        because=_BECAUSE,
    ),
    "IndicatorShape": described(
        title=_TITLE,
        entity=_ENTITY,
        numerator=(
            "分子的条件；写了 per 时也可以是一个数",
            "Who is counted: a condition; with per also a number",
        ),
        denominator=(
            "分母的条件；写了 per 时也可以是一个数",
            "Among whom: a condition, true for everybody; with per also a number",
        ),
        count=("计数：人群或条件", "How many: a group or a condition"),
        sum=("合计：一个数（与 of 同用）", "The sum of a number, of those who meet the condition (of)"),
        mean=("均值：一个数（与 of 同用）", "The average of a number, of those who meet the condition (of)"),
        of=("对哪些实体求和、求均值：人群或条件", "Of whom the number is taken: a group or a condition"),
        per=(
            "每多少：100（百分数）、1000、10000 或 100000",
            "Told per 100 (in percent), 1000, 10000 or 100000 of the denominator",
        ),
        ratio_of=(
            "比：两个指标，前者的值除以后者的值",
            "Two indicators: the value of the first by that of the second",
        ),
        scorecard=(
            "计分表：各指标的得分除以可得分",
            "Points for the values of indicators, by the points to be had",
        ),
        by=(
            "分组：sex、age_band，或实体的文字、单选项目或值",
            "Broken down by sex, age_band, or any text or choice of the entity",
        ),
        age_bands=(
            "年龄组的起始周岁，由小到大：[0, 7, 18, 60]",
            "The first ages of the bands, rising: [0, 7, 18, 60]",
        ),
        suppress_below=(
            "小数隐去：公开时，不到此数的格子隐去；数或参数名称",
            "In public output cells of fewer are hidden: a number or a parameter",
        ),
        span=("年初至今，或当日", "What the figure tells about: the year to date, or the day"),
        better=("越高越好，或越低越好", "Which direction is better"),
        target=(
            "目标：参数名称，与指标值同单位；占比为0到1",
            "A parameter, in the unit of the value: a share from 0 to 1",
        ),
        target_level=(
            "目标是哪一级区划的，如 city；计数和合计必须写明，不逐级沿用",
            "The level of places the target is for, such as city: needed where something is counted or added up",
        ),
        definition=("一句话定义，显示在界面上", "The definition in a sentence, for the screen"),
        cumulative=("为何历年累计、只增不减", "Why the figure adds up over all years, where it does"),
    ),
    "ScoreLineShape": described(
        indicator=("按哪个指标的值计分", "The indicator whose value gives points"),
        weight=("满分：数或参数名称", "The most points to be had: a number or a parameter"),
        rule=(
            "proportional 由 zero 到 full 按比例；full_or_zero 达到 full 得满分，否则不得分",
            "proportional: from zero to full in proportion; full_or_zero: all from full on, else nothing",
        ),
        zero=("得零分的值", "The value that gives nothing"),
        full=("得满分的值", "The value from which on all points are given"),
        bands=("分档：[值, 得分]，由好到差", "Pairs of a value and its points, from the best down"),
    ),
    "ChannelShape": described(
        title=_TITLE,
        fact=(
            "事实：数哪些记录，或累加记录的哪个数；不带时间范围",
            "A fact that counts records, or adds up a number of theirs, without a window",
        ),
        day=(
            "每条记录算在哪一天；不写即发生日期",
            "The day on which a record counts; that on which it happened if not given",
        ),
        every=("每天、每周（周一至周日）或每月一个数", "A count for each day, week (from Monday) or month"),
        level=("在哪一级区划上看", "The level of the places that are watched"),
        unit=(
            "数的单位（如 盒、人）；不写即所累加的项目的单位，没有就是“例”",
            "What the numbers are numbers of; that of the field that is added up if not given, else cases",
        ),
    ),
    **EXCHANGE_KEYS,
    **STANDARD_KEYS,
    **SHEET_KEYS,
    "EntityShape": described(present=("某日在册的条件", "Who exists on a day: a condition")),
    "PackShape": described(
        pack=("规则包的名称（小写拉丁字母）", "The pack's name, in small Latin letters"),
        title=_TITLE,
        version=("版本，加引号", 'The version, in quotes: "2026.1"'),
        summary=("一句话说明", "One sentence about it"),
        entity=("规则针对哪类实体；不写为居民", "What the rules are about; residents if not given"),
        adoption=(
            "everywhere 处处施行；by_place 由各地采用后施行",
            "everywhere: in force at every place; by_place: where a place adopted it",
        ),
        editions=("版次：各地采用其一", "Editions, of which a place adopts one"),
        sources=("依据：文件", "The documents"),
        parameters=("参数：政策规定的数值", "The values that policy sets"),
        entities=("各类实体某日在册的条件", "Who exists on a day, by entity"),
        options=(
            "选项组：有名称的选项，供本包几个项目共用",
            "Option sets: options with a name, for several fields of this pack",
        ),
        kinds=("记录种类及其表单", "The kinds of record with their forms"),
        facts=("事实：从记录中取出的一个值", "Facts: one thing drawn from an entity's records"),
        values=("值：有名称的表达式", "Values: expressions with a name"),
        groups=("人群", "Groups of entities"),
        schedules=("服务安排：谁应在何时得到什么服务", "Which service is due to whom, and when"),
        indicators=("指标", "Figures at every place and institution"),
        standards=("标准：条款与达标档次", "What institutions are assessed against"),
        channels=("监测渠道：逐期、逐地的数", "Channels: counts over time at every place, to be watched"),
        sheets=(
            "结果反馈单，按记录种类：写给本人看的结果和下一步",
            "Result sheets by kind of record: what a record tells the person it is about",
        ),
    ),
}
