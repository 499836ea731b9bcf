"""What the keys of a result sheet mean."""

from collections.abc import Mapping

from wangdi.engine.packs.described import Keys, described

SHEET_KEYS: Mapping[str, Keys] = {
    "SheetRowShape": described(
        field=("表单的项目：名称、单位、取值都用它的", "A field of the form, with its title and unit"),
        title=("名称；不写则同项目", "Its title; that of the field if not given"),
        shows=(
            "结果怎样写，如 {sbp}/{dbp} mmHg；不写 field 时必填",
            "How the result is written, such as {sbp}/{dbp} mmHg; needed without a field",
        ),
        limits=("参考范围，可写 {参数}", "What is usual, in words; may hold {parameter}"),
        high=("偏高的条件", "When the result is too high: a condition on the record"),
        low=("偏低的条件", "When the result is too low: a condition on the record"),
        notable=("请留意的条件", "When the result is to be watched: a condition on the record"),
    ),
    "SheetLineShape": described(
        says=(
            "写给本人的一句话；可写 {项目}、{参数}、{值}、{事实.项目}",
            "A sentence for the person; may hold {field}, {parameter}, {value}, {fact.field}",
        ),
        when=(
            "条件：何时出现；不写即总是出现",
            "When it stands there: a condition on the record; always if not given",
        ),
    ),
    "WithheldShape": described(
        says=("暂不出单的原因，给工作人员看", "Why there is no sheet yet, for workers"),
        when=(
            "条件：何时暂不出单，如阳性结果尚未当面告知",
            "When there is none yet: a condition on the record",
        ),
    ),
    "SheetSectionShape": described(
        title=("小标题", "Its heading"),
        when=(
            "条件：何时出现；不写即总是出现",
            "When it stands there: a condition on the record; always if not given",
        ),
        rows=(
            "结果：项目名称，或写明名称、结果、参考范围和判断",
            "Results: names of fields, or what they show and how they are judged",
        ),
        lines=("句子", "Sentences"),
    ),
    "SheetShape": described(
        title=("反馈单的名称", "The title of the sheet"),
        sections=("各部分", "Its sections"),
        next_steps=(
            "下一步：服务安排的名称，和写给本人的话；本人确有该应做事项时出现，并写明日期",
            "By schedule what the person is asked to do while such an item is due, with its day",
        ),
        withheld=("何时暂不出单", "When there is no sheet yet"),
    ),
}
