"""What the keys mean that say how records are told to other systems."""

from collections.abc import Mapping

from wangdi.engine.packs.described import Keys, described

EXCHANGE_KEYS: Mapping[str, Keys] = {
    "FieldExchangeShape": described(
        as_=(
            "对外交换时作为：observation 观察、condition 诊断、procedure 处理、medication 用药、reason 原因、"
            "priority 缓急、setting 场所、identifier 外部编号、start/end 服务起止",
            "What it is told as: an observation, condition, procedure, medication; the reason or the priority of a "
            "request; the setting; the event's number elsewhere; start or end of the service",
        ),
        certainty=(
            "诊断的把握：provisional 初步，confirmed 确诊",
            "Of a condition: provisional or confirmed",
        ),
        loinc=("LOINC 代码，如 8480-6", "The code of LOINC, such as 8480-6"),
        panel=(
            "所属组合的 LOINC 代码，如血压 85354-9；同一组合的项目合成一项观察",
            "The code of LOINC of the panel it is part of, such as 85354-9: fields of one panel are one observation",
        ),
        codes=(
            "每个选项对应的代码：缓急 routine、urgent、asap、stat；场所同 encounter",
            "What each option stands for: routine, urgent, asap, stat of a priority; of a setting as encounter",
        ),
        dosage=(
            "用药：写明用法（剂量、次数）的项目",
            "Of a medication: the fields that say how it is taken",
        ),
        day=(
            "时刻所属的日期项目",
            "The date that a time of day belongs to",
        ),
        after=(
            "时刻在哪个时刻之后（可跨零点）",
            "The time of day that this one follows, perhaps past midnight",
        ),
    ),
    "DiagnosisShape": described(
        icd10=("ICD-10 编码，如 I10", "The code of ICD-10, such as I10"),
        title=("名称，中英文", "Its title in Chinese and English"),
        since=("起病（确诊）日期项目", "The field with the first day of the disease"),
    ),
    "KindExchangeShape": described(
        encounter=(
            "这条记录是一次什么服务：门诊、急诊、外出、家庭、住院、远程",
            "The sort of service that was given",
        ),
        request=("true：请对方提供服务，如转诊", "true: a service is asked for, as by a referral"),
        to=("对方机构项目", "The field with the institution on the other side"),
        diagnosis=(
            "有这条记录即患此病",
            "The disease that whoever has such a record has",
        ),
    ),
}
