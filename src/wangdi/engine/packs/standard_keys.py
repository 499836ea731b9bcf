"""What the keys of a standard mean."""

from collections.abc import Mapping

from wangdi.engine.packs.described import Keys, described

STANDARD_KEYS: Mapping[str, Keys] = {
    "CriterionShape": described(
        when=("由系统计算的条件", "What the engine evaluates: a condition on the institution"),
        title=("由系统计算的判定项的名称", "The title of what is evaluated"),
        judged=("由人判定的内容", "What people judge, in words"),
        evidence=("判定时须看的佐证材料", "What somebody who judges has to see"),
        cost=("补齐的工作量：数字或参数；不写则同条款", "The effort of meeting it: a number or a parameter"),
    ),
    "ClauseShape": described(
        number=("条款编号", "The clause's number"),
        title=("名称，中英文", "Its title in Chinese and English"),
        applies=("适用条件；不成立则不进入分母", "Where it is not true, the clause leaves the denominators"),
        cost=(
            "补齐一个判定项的工作量：数字或参数；不写为1",
            "The effort of one unmet criterion: a number or a parameter; 1 if not given",
        ),
        C=("C档（合格）的判定项", "The criteria of level C (qualified)"),
        B=("B档（良好）的判定项，以C为前提", "The criteria of level B (good), which presumes C"),
        A=("A档（优秀）的判定项，以B为前提", "The criteria of level A (excellent), which presumes B"),
    ),
    "ChapterShape": described(
        name=("章的名称（小写拉丁字母）", "The chapter's name, in small Latin letters"),
        title=("名称，中英文", "Its title in Chinese and English"),
        clauses=("条款", "Its clauses"),
    ),
    "TierShape": described(
        name=("档次的名称（小写拉丁字母）", "The tier's name, in small Latin letters"),
        title=("名称，中英文", "Its title in Chinese and English"),
        shares=(
            "适用条款中至少达到该档的比例：参数",
            "By level: a parameter, the share of applicable clauses that reach it",
        ),
        required=("必须达到该档的条款", "By level: the clauses that have to reach it"),
    ),
    "StandardShape": described(
        title=("名称，中英文", "Its title in Chinese and English"),
        edition=("版本，如 2022", "The edition, such as 2022"),
        group=("适用对象：一个机构人群", "For whom: a group of institutions"),
        sources=("依据：sources 中的名称", "The documents: names under sources"),
        first_year=("从哪一年度起使用", "The first year it is used for"),
        last_year=("用到哪一年度", "The last year it is used for"),
        chapters=("章", "Its chapters"),
        tiers=("达标档次，由低到高", "Its tiers, from the lowest up"),
    ),
}
