"""The catalogue of what can be wrong with a file, and of what is only worth knowing.

A message to the person who typed the file is public API: a code, where it is, what is wrong, how to mend it.
I1xx files and tables · I2xx columns · I3xx single cells · I4xx identity numbers · I5xx between cells and rows
· I6xx references and trees · I7xx workbooks of clauses · I80x series of counts · I85x accounts
· I9xx notes, which never stop an import.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wangdi.engine.model.text import Text


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One code: the message and the hint, as templates over the parameters a check gives."""

    code: str
    message: Text
    hint: Text


def _entry(code: str, zh: str, en: str, hint_zh: str, hint_en: str) -> CatalogueEntry:
    return CatalogueEntry(code, Text(zh, en), Text(hint_zh, hint_en))


CATALOGUE: Mapping[str, CatalogueEntry] = {
    entry.code: entry
    for entry in (
        _entry(
            "I101",
            "无法读取文件：{reason_zh}",
            "the file cannot be read: {reason_en}",
            "请用 Excel 打开确认文件完好，另存为 .xlsx 或“CSV UTF-8”后再导入。",
            "Open it in Excel to see that it is whole, save it as .xlsx or CSV UTF-8, and import that.",
        ),
        _entry(
            "I102",
            "不知道“{name}”是什么表{nearest_zh}",
            "'{name}' is no known table{nearest_en}",
            "请把文件或工作表改名为下列之一，不需要的请删除：{allowed_zh}。",
            "Rename the file or sheet to one of these, or remove it: {allowed_en}.",
        ),
        _entry(
            "I103",
            "没有找到可导入的表",
            "there is no table to import",
            "请给出 .xlsx、.csv，或装有它们的文件夹或 .zip；表名可用：{allowed_zh}。",
            "Give an .xlsx, a .csv, or a folder or .zip of them; the tables are: {allowed_en}.",
        ),
        _entry(
            "I104",
            "这一行有 {cells} 格，表头只有 {headings} 列",
            "this row has {cells} cells, the heading only {headings}",
            "多半是文字里有分隔符：请给这格文字加上英文双引号，或用 Excel 重新保存。",
            'A text probably holds the separator: put it in double quotes ("…"), or save again from Excel.',
        ),
        _entry(
            "I201",
            "缺少必需的列：{missing_zh}；找到的列：{found}",
            "required columns are missing: {missing_en}; the columns found: {found}",
            "请在表头加上这些列，或把对应的列改成这些名称。",
            "Add these columns, or rename the ones that hold them.",
        ),
        _entry(
            "I202",
            "“{first}”和“{second}”两列都是“{title_zh}”",
            "the columns '{first}' and '{second}' both mean '{title_en}'",
            "请只保留一列。",
            "Keep only one of them.",
        ),
        _entry(
            "I301",
            "“{title_zh}”不能为空",
            "'{title_en}' is empty, and it is required",
            "请填写；整行不要时请删除整行。",
            "Fill it in, or delete the whole row if it is not wanted.",
        ),
        _entry(
            "I302",
            "“{value}”不是日期",
            "'{value}' is not a date",
            "请写成 2026-03-01、2026/3/1、2026年3月1日 或 20260301。",
            "Write it as 2026-03-01, 2026/3/1 or 20260301.",
        ),
        _entry(
            "I303",
            "没有“{value}”这一天",
            "there is no such day as '{value}'",
            "请核对年、月、日。",
            "Check year, month and day.",
        ),
        _entry(
            "I304",
            "“{value}”像是 Excel 的日期序号，不是日期",
            "'{value}' looks like Excel's serial number of a date",
            "请把这一列的单元格格式设为“日期”，保存后再导入。",
            "Format the column as a date in Excel, save, and import again.",
        ),
        _entry(
            "I305",
            "“{value}”不是整数",
            "'{value}' is not a whole number",
            "只写数字，例如 128；不要写单位、“约”或小数。",
            "Write digits only, such as 128: no unit, no 'about', no decimals.",
        ),
        _entry(
            "I306",
            "“{value}”不是数",
            "'{value}' is not a number",
            "只写数字，例如 6.8；不要写单位。",
            "Write digits only, such as 6.8: no unit.",
        ),
        _entry(
            "I307",
            "“{value}”不是“是”或“否”",
            "'{value}' is neither yes nor no",
            "请写 是/否、√/×、1/0 或 true/false。",
            "Write yes/no, 1/0 or true/false.",
        ),
        _entry(
            "I308",
            "“{value}”不在可选项之中",
            "'{value}' is not one of the options",
            "可选：{options_zh}。",
            "Choose one of: {options_en}.",
        ),
        _entry(
            "I309",
            "{value} 低于下限 {limit}{unit}",
            "{value} is below the minimum of {limit}{unit}",
            "请核对是否录错或单位不对。",
            "Check for a typing mistake or another unit.",
        ),
        _entry(
            "I310",
            "{value} 高于上限 {limit}{unit}",
            "{value} is above the maximum of {limit}{unit}",
            "请核对是否录错或单位不对。",
            "Check for a typing mistake or another unit.",
        ),
        _entry(
            "I311",
            "“{value}”已被 Excel 变成数值，末尾数字已经丢失",
            "Excel has turned '{value}' into a number and its last digits are lost",
            "请先把这一列的格式设为“文本”，再从原始来源重新粘贴（改格式不能找回数字）。",
            "Format the column as text first, then paste again from the source: changing the format alone "
            "does not bring the digits back.",
        ),
        _entry(
            "I312",
            "日期 {value} 在今天（{today}）之后",
            "the date {value} is after today ({today})",
            "请核对年份；计划中的事情不要写成已发生的记录。",
            "Check the year; what is only planned is no record yet.",
        ),
        _entry(
            "I313",
            "单元格里是 Excel 公式错误",
            "the cell holds an Excel formula error",
            "请改正公式，或复制后“粘贴为数值”。",
            "Mend the formula, or paste the values only.",
        ),
        _entry(
            "I314",
            "按“{deciding_zh}”的回答，不应填写{title_zh}“{value}”",
            "'{value}' is not asked with this row's answer to {deciding_en}",
            "请清空此格，或更正那几项的回答。",
            "Clear the cell, or correct those answers.",
        ),
        _entry(
            "I315",
            "“{value}”不是时刻",
            "'{value}' is no time of day",
            "请写成 时:分，例如 09:35（写 0935 也可以）。",
            "Write hours and minutes, such as 09:35 (0935 will do).",
        ),
        _entry(
            "I401",
            "身份证号应为 18 位（17 位数字加 1 位数字或 X），这里是 {length} 位",
            "an ID number has 18 characters (17 digits, then a digit or X); this one has {length}",
            "请按证件重新录入。",
            "Type it again from the card.",
        ),
        _entry(
            "I402",
            "这是 15 位的旧身份证号",
            "this is an old 15-digit ID number",
            "请改用 18 位身份证号；不知道时请留空。",
            "Use the 18-digit number, or leave the cell empty if it is not known.",
        ),
        _entry(
            "I403",
            "身份证号第 7–14 位不是可能的出生日期",
            "characters 7–14 of the ID number are no possible birth date",
            "请按证件核对。",
            "Check it against the card.",
        ),
        _entry(
            "I404",
            "身份证号校验位不对",
            "the check character of the ID number is wrong",
            "至少有一位录错，请按证件逐位核对。",
            "At least one digit is wrong: check each against the card.",
        ),
        _entry(
            "I405",
            "身份证号表示性别为{id_sex_zh}，而“性别”填的是{sex_zh}",
            "the ID number says {id_sex_en}, the sex column says {sex_en}",
            "请核对身份证号和性别，改正录错的一个。",
            "Check both and mend the wrong one.",
        ),
        _entry(
            "I406",
            "身份证号表示 {id_birth} 出生，而出生日期填的是 {birth}",
            "the ID number says born on {id_birth}, the birth date column says {birth}",
            "请核对身份证号和出生日期，改正录错的一个。",
            "Check both and mend the wrong one.",
        ),
        _entry(
            "I501",
            "“{value}”在第 {other_row} 行已出现，两行内容不同",
            "'{value}' already stands in row {other_row}, with other content",
            "同一编码只能有一行：请合并，或改正其中一个编码。",
            "A code may have one row only: merge them, or mend one of the codes.",
        ),
        _entry(
            "I502",
            "“{title_zh}”（{value}）早于“{other_title_zh}”（{other}）",
            "'{title_en}' ({value}) is before '{other_title_en}' ({other})",
            "请核对这两个日期。",
            "Check the two dates.",
        ),
        _entry(
            "I601",
            "找不到编码为“{value}”的{entity_zh}{nearest_zh}",
            "there is no {entity_en} with the code '{value}'{nearest_en}",
            "请改正编码，或在“{table_zh}”表里加上它。",
            "Mend the code, or add it to the table '{table_en}'.",
        ),
        _entry(
            "I602",
            "上级“{value}”是{parent_level_zh}级，不在本级（{level_zh}）之上",
            "the parent '{value}' is a {parent_level_en}, which is not above a {level_en}",
            "请改正上级或级别；从上到下为省、市、县、乡镇、村。",
            "Mend the parent or the level; from the top: province, city, county, township, village.",
        ),
        _entry(
            "I603",
            "上下级成了循环：{cycle}",
            "the parents form a circle: {cycle}",
            "请改正其中一个上级。",
            "Mend one of the parents.",
        ),
        _entry(
            "I701",
            "没有名为“{sheet}”的工作表",
            "there is no sheet named '{sheet}'",
            "请从 wangdi standards template 生成的模板开始。",
            "Begin with the workbook that wangdi standards template writes.",
        ),
        _entry(
            "I702",
            "工作表“{sheet}”没有内容",
            "the sheet '{sheet}' is empty",
            "请填写条款或等次。",
            "Fill in the clauses or the tiers.",
        ),
        _entry(
            "I703",
            "条款 {clause} 的“{title_zh}”与第 {other_row} 行不同",
            "clause {clause} has another '{title_en}' than in row {other_row}",
            "同一条款只能有一个名称、属于一章：请改正名称或条款编号。",
            "A clause has one title and one chapter: mend it, or the clause's number.",
        ),
        _entry(
            "I704",
            "条款 {clause} 有 {level} 档而没有 {lower} 档",
            "clause {clause} has level {level} but no level {lower}",
            "高档以低档为前提：请补上 {lower} 档的判定项。",
            "A level presumes the one below: add criteria for level {lower}.",
        ),
        _entry(
            "I705",
            "没有条款 {clause}，或它没有 {level} 档的判定项",
            "there is no clause {clause}, or it has no criteria for level {level}",
            "请核对条款编号。",
            "Check the clause's number.",
        ),
        _entry(
            "I706",
            "等次“{value}”没有任何要求",
            "the tier '{value}' asks for nothing",
            "请填写至少一个比例或必达条款。",
            "Fill in a share or required clauses.",
        ),
        _entry(
            "I707",
            "“{value}”不是工作量",
            "'{value}' is no cost",
            "写大于 0、不超过 {limit} 的数，最多三位小数。",
            "Write a number above 0, at most {limit}, with at most three decimals.",
        ),
        _entry(
            "I708",
            "“{value}”不是比例",
            "'{value}' is no share",
            "写大于 0、不超过 1 的数，如 0.9，或写 90%。",
            "Write a number above 0 and at most 1, such as 0.9, or 90%.",
        ),
        _entry(
            "I709",
            "英文佐证材料有 {found} 项，中文有 {wanted} 项",
            "there are {found} pieces of evidence in English and {wanted} in Chinese",
            "请逐项对应，或不填英文。",
            "Give as many as in Chinese, or leave the English empty.",
        ),
        _entry(
            "I801",
            "“{value}”在 {day} 所在的{unit_zh}已有第 {other_row} 行",
            "'{value}' already has row {other_row} for the {unit_en} of {day}",
            "一个序列每{unit_zh}只能有一行：请合并；若日期本是更细的间隔，请用 --unit 指明。",
            "A series has one row per {unit_en}: merge them, or say with --unit that the dates are finer.",
        ),
        _entry(
            "I802",
            "{year} 年没有这一周：“{value}”",
            "{year} has no such week: '{value}'",
            "按 ISO 8601，{year} 年有 {last} 周：请改正年份或周次。",
            "By ISO 8601 {year} has {last} weeks: mend the year or the week.",
        ),
        _entry(
            "I803",
            "全部数据只有一个日期，看不出间隔",
            "all rows have one date, which does not tell how far apart they are",
            "请给出更早的数据：探测方法要与以往比较。",
            "Add earlier rows: the methods compare with what came before.",
        ),
        _entry(
            "I851",
            "{reason_zh}",
            "{reason_en}",
            "请更正这一格后重新上传；一个账号也没有建立。",
            "Mend the cell and upload the file again; no account was made.",
        ),
        _entry(
            "I852",
            "“{value}”在第 {other_row} 行已经用过",
            "'{value}' is used in row {other_row} already",
            "一行一个账号，用户名和人员编码都不能重复；同一人的第二个角色请在账号页授予。",
            "One row is one account: neither user names nor workers repeat. Give a second role on the account's page.",
        ),
        _entry(
            "I853",
            "没有编码为“{value}”的{what_zh}，或不在您的范围内",
            "the code '{value}' is not in the register {what_en}, or not within your area",
            "请从台账中复制编码。",
            "Copy the code from the list of the register.",
        ),
        _entry(
            "I854",
            "用户名“{value}”已是另一个账号：{other_zh}",
            "the user name '{value}' is another account: {other_en}",
            "请换一个用户名；若就是此人，请在账号页改姓名或角色，并删去这一行。",
            "Take another user name; if it is this person, change the account on its page and delete the row.",
        ),
        _entry(
            "I901",
            "多余的列“{heading}”未导入{nearest_zh}",
            "the extra column '{heading}' was not imported{nearest_en}",
            "如需导入，请改用模板中的列名。",
            "To import it, use a column name of the template.",
        ),
        _entry(
            "I902",
            "{count} 行与前面的行完全相同，只取一次",
            "{count} rows repeat an earlier row and were taken once",
            "无需处理。",
            "Nothing to do.",
        ),
        _entry("I903", "空表，已跳过", "the table is empty and was skipped", "无需处理。", "Nothing to do."),
        _entry(
            "I904",
            "{count} 条记录的日期在本人死亡之后，已照收",
            "{count} records are dated after the subject's death; they were taken",
            "请核对日期或死亡日期。",
            "Check the date or the date of death.",
        ),
        _entry(
            "I905",
            "{count} 条记录的日期在本人出生之前，已照收",
            "{count} records are dated before the subject's birth; they were taken",
            "请核对日期或出生日期。",
            "Check the date or the birth date.",
        ),
        _entry(
            "I906",
            "不是表格文件，已跳过",
            "this is no table file and was skipped",
            "无需处理。",
            "Nothing to do.",
        ),
        _entry(
            "I907",
            "工作表已隐藏，已跳过",
            "the sheet is hidden and was skipped",
            "无需处理。",
            "Nothing to do.",
        ),
        _entry(
            "I908",
            "{count} 条作废记录没有编号，作废不了任何已有记录",
            "{count} void records have no id, so they void nothing that is stored",
            "请填写要作废的记录的“记录编号”。",
            "Give the id of the record that is to be voided.",
        ),
        _entry(
            "I909",
            "{count} 人的身份证号与前面另一人相同，已照收",
            "{count} people have the ID number of another person above; they were taken",
            "请核对：可能是同一人有两个编码，或身份证号录错。",
            "Check whether one person has two codes, or a number is wrong.",
        ),
        _entry(
            "I910",
            "{count} 条记录的{title_zh}不在常见范围（{usual}）内，如“{value}”，已照收",
            "{count} records have an unusual {title_en} (usually {usual}), such as '{value}'; they were taken",
            "请核对原始记录。",
            "Check them against the paper they were taken from.",
        ),
        _entry(
            "I911",
            "{count} 行的{title_zh}不在选项内（{texts_zh}），已记作“{others_zh}”",
            "{count} rows have a {title_en} that is no option ({texts_en}); they were taken as '{others_en}'",
            "请核对是否写错；原文只在文件里。",
            "Check whether they are misspelt; only the file keeps what was written.",
        ),
    )
}
"""Every code there is, with its wording."""
