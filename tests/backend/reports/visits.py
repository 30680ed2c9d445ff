"""A full visit in each language, with photos: what the samples, the tests and the looks are made of."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from PIL import Image, ImageDraw

from backend.reports.facts import DeviceStatement, Facts, Receipt
from tests.backend.signoff.signing import (
    DEVICE,
    ENGINEER,
    INK,
    ORG,
    VISIT,
    Signed,
    Tablet,
    document,
    sign_off,
    uuid_of,
)

NOW = datetime(2026, 11, 23, 4, 2, 31, tzinfo=UTC)
SERVER_ROOM, UPS = uuid_of("run/server-room"), uuid_of("run/ups")


def picture(number: int, size: tuple[int, int] = (1280, 960)) -> bytes:
    """A JPEG of its own for each number: a rack with cables, near the size of a real derivative."""
    width, height = size
    grain = Random(number).randbytes(width * height // 16)
    noise = Image.frombytes("L", (width // 4, height // 4), grain).resize(size)
    image = Image.merge("RGB", (noise, noise.point(lambda v: v * 0.9), noise.point(lambda v: v * 0.8)))
    draw = ImageDraw.Draw(image)
    for unit in range(8):
        top = height * (unit + 1) // 10
        draw.rectangle(
            (width // 6, top, width * 5 // 6, top + height // 14), fill=(30 + 9 * unit, 44, 50 + 7 * number)
        )
        for port in range(12):
            left = width // 5 + port * width // 22
            draw.rectangle((left, top + 14, left + 22, top + 40), fill=(20, 180 - 9 * port, 60 + 10 * unit))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _item(item: str, label: str, value: Any, shown: str, verdict: str = "ok", **more: Any) -> dict[str, Any]:
    return {
        "item": item,
        "section": more.pop("section", ""),
        "label": label,
        "type": more.pop("type", "pass_fail"),
        "value": value,
        "shown": shown,
        "unit": more.pop("unit", ""),
        "limits": more.pop("limits", None),
        "verdict": verdict,
        "remark": more.pop("remark", ""),
        "severity": more.pop("severity", None),
        "photos": more.pop("photos", []),
        "last": more.pop("last", None),
    }


def _band(warn: str, fail: str, *, below: bool = False) -> dict[str, Any]:
    edge = "min" if below else "max"
    other = "max" if below else "min"
    return {"warn": {edge: warn, other: None}, "fail": {edge: fail, other: None}}


TEXTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "client": "Kallang Freight Pte Ltd",
        "site": "Warehouse 3, server room",
        "address": "12 Kallang Way, Singapore 349212",
        "entity": "Tanjong IT Services Pte Ltd",
        "registration": "201912345K",
        "office": "80 Robinson Road #10-01, Singapore 068898",
        "room": "Server room health",
        "ups": "UPS and power",
        "climate": "Climate",
        "storage": "Storage and backup",
        "temperature": "Temperature at the cold aisle",
        "humidity": "Relative humidity",
        "filters": "Air filters clean",
        "cabling": "Cabling tidy and labelled",
        "cabling_remark": "Two patch leads on switch 2 without labels; labelled during the visit.",
        "disk": "Free space on the backup volume",
        "disk_remark": "Retention raised in September fills the volume by mid December. Follow-up raised.",
        "restore": "Last restore test succeeded",
        "battery": "Battery runtime under load",
        "battery_remark": "Below the 10 minutes agreed. Battery set is five years old.",
        "load": "UPS load",
        "pass": "Pass",
        "fail": "Fail",
        "ticket": "Scanner gateway drops from the network",
        "description": "Handheld scanners lose the gateway every morning between 8 and 9.",
        "cause": "Duplicate address: the new label printer took the gateway's lease.",
        "action": "Gave the gateway a reserved address, moved the printer, watched for 40 minutes.",
        "prevention": "DHCP scope shortened; static devices recorded in the asset list.",
        "followup": "Replace UPS battery set",
        "open": "Warehouse manager to clear the pallet in front of the UPS.",
        "remark": "Thank you. Please call before the battery change, the loading bay is busy in December.",
        "capacity": "Facilities Manager",
        "caption": "UPS display during the runtime test",
        "shown_h": "Your visit on 23 November",
        "shown_p": "Farid checked your server room and UPS and solved ticket T-7K3-41.",
        "shown_open": "Still open: UPS battery set to be replaced (T-7K3-42).",
        "shown_note": "By signing you confirm that you have read this page.",
        "part": "Patch lead Cat 6, 1 m",
    },
    "ms": {
        "client": "Selatan Logistik Sdn Bhd",
        "site": "Gudang 3, bilik pelayan",
        "address": "Jalan Dewani 2, 81100 Johor Bahru, Johor",
        "entity": "Tanjong IT Services Sdn Bhd",
        "registration": "201901012345",
        "office": "Menara Tanjung, Jalan Wong Ah Fook, 80000 Johor Bahru",
        "room": "Kesihatan bilik pelayan",
        "ups": "UPS dan kuasa",
        "climate": "Suhu dan kelembapan",
        "storage": "Storan dan sandaran",
        "temperature": "Suhu di lorong sejuk",
        "humidity": "Kelembapan relatif",
        "filters": "Penapis udara bersih",
        "cabling": "Kabel kemas dan berlabel",
        "cabling_remark": "Dua kabel pada suis 2 tiada label; dilabel semasa lawatan.",
        "disk": "Ruang kosong pada volum sandaran",
        "disk_remark": "Tempoh simpanan yang dipanjangkan pada September akan memenuhi volum pertengahan Disember.",
        "restore": "Ujian pemulihan terakhir berjaya",
        "battery": "Tempoh bateri dengan beban",
        "battery_remark": "Kurang daripada 10 minit yang dipersetujui. Set bateri berusia lima tahun.",
        "load": "Beban UPS",
        "pass": "Lulus",
        "fail": "Gagal",
        "ticket": "Get laluan pengimbas terputus daripada rangkaian",
        "description": "Pengimbas tangan kehilangan get laluan setiap pagi antara jam 8 dan 9.",
        "cause": "Alamat berganda: pencetak label baharu mengambil alamat get laluan.",
        "action": "Memberi get laluan alamat tetap, memindahkan pencetak, memantau selama 40 minit.",
        "prevention": "Skop DHCP dipendekkan; peranti statik direkodkan dalam senarai aset.",
        "followup": "Ganti set bateri UPS",
        "open": "Pengurus gudang akan mengalihkan palet di hadapan UPS.",
        "remark": "Terima kasih. Sila telefon sebelum menukar bateri kerana ruang muatan sibuk pada Disember.",
        "capacity": "Pengurus Kemudahan",
        "caption": "Paparan UPS semasa ujian",
        "shown_h": "Lawatan anda pada 23 November",
        "shown_p": "Farid memeriksa bilik pelayan dan UPS anda dan menyelesaikan tiket T-7K3-41.",
        "shown_open": "Masih tertunggak: set bateri UPS perlu diganti (T-7K3-42).",
        "shown_note": "Dengan menandatangani, anda mengesahkan bahawa anda telah membaca halaman ini.",
        "part": "Kabel tampalan Cat 6, 1 m",
    },
    "zh": {
        "client": "加冷货运私人有限公司",
        "site": "三号仓库机房",
        "address": "加冷道12号，新加坡 349212",
        "entity": "Tanjong IT Services Pte Ltd",
        "registration": "201912345K",
        "office": "80 Robinson Road #10-01, Singapore 068898",
        "room": "机房健康检查",
        "ups": "不间断电源",
        "climate": "温湿度",
        "storage": "存储与备份",
        "temperature": "冷通道温度",
        "humidity": "相对湿度",
        "filters": "空气滤网清洁",
        "cabling": "线缆整齐并有标签",
        "cabling_remark": "2号交换机有两根跳线没有标签，已在本次服务中补上。",
        "disk": "备份卷剩余空间",
        "disk_remark": "九月延长保留期后，备份卷将在十二月中旬写满。已建立后续工单。",
        "restore": "最近一次恢复测试成功",
        "battery": "带载电池续航时间",
        "battery_remark": "低于约定的10分钟。电池组已使用五年。",
        "load": "UPS 负载",
        "pass": "合格",
        "fail": "不合格",
        "ticket": "扫描枪网关断网",
        "description": "每天早上八点到九点之间，手持扫描枪与网关失去连接。",
        "cause": "地址冲突：新的标签打印机占用了网关的地址。",
        "action": "为网关设置保留地址，迁移打印机，并观察40分钟。",
        "prevention": "缩小DHCP范围；静态设备已登记在资产清单中。",
        "followup": "更换UPS电池组",
        "open": "请仓库经理移开UPS前的托盘。",
        "remark": "谢谢。更换电池前请先来电，十二月卸货区较忙。",
        "capacity": "设施经理",
        "caption": "续航测试时的UPS显示屏",
        "shown_h": "11月23日的上门服务",
        "shown_p": "Farid 检查了机房和UPS，并解决了工单 T-7K3-41。",
        "shown_open": "待办：更换UPS电池组（T-7K3-42）。",
        "shown_note": "签名即表示您已阅读本页。",
        "part": "六类跳线 1 米",
    },
}


@dataclass(frozen=True)
class Case:
    """All that a report is made of."""

    signed: Signed
    photos: Mapping[str, bytes | None]
    facts: Facts


def full_documents(locale: str, digests: list[str], **texts: str) -> list[bytes]:
    """Every kind of document that has a screen, in one language; `texts` replaces some of TEXTS."""
    t = {**TEXTS[locale], **texts}
    last = {"value": "22.9", "at": "2026-10-26T02:10:00.000Z"}
    room = [
        _item(
            "temp",
            t["temperature"],
            "23.4",
            "23.4",
            type="number",
            unit="°C",
            section=t["climate"],
            limits=_band("26", "30"),
            last=last,
        ),
        _item(
            "hum",
            t["humidity"],
            "61",
            "61",
            "warn",
            type="number",
            unit="%",
            section=t["climate"],
            limits={"warn": {"min": "40", "max": "60"}, "fail": {"min": "20", "max": "80"}},
            last={"value": "52", "at": "2026-10-26T02:10:00.000Z"},
        ),
        _item("filters", t["filters"], "pass", t["pass"], section=t["climate"]),
        _item(
            "cabling",
            t["cabling"],
            "pass",
            t["pass"],
            section=t["climate"],
            remark=t["cabling_remark"],
            photos=digests[1:2],
        ),
        _item(
            "disk",
            t["disk"],
            "11.5",
            "11.5",
            "warn",
            type="number",
            unit="%",
            section=t["storage"],
            limits=_band("15", "8", below=True),
            remark=t["disk_remark"],
            last={"value": "24.0", "at": "2026-10-26T02:10:00.000Z"},
        ),
        _item("restore", t["restore"], "pass", t["pass"], section=t["storage"]),
    ]
    ups = [
        _item(
            "runtime",
            t["battery"],
            "6.5",
            "6.5",
            "fail",
            type="number",
            unit="min",
            severity="major",
            limits=_band("12", "10", below=True),
            remark=t["battery_remark"],
            photos=digests[:1],
            last={"value": "11.0", "at": "2026-05-25T02:10:00.000Z"},
        ),
        _item("load", t["load"], "48", "48", type="number", unit="%", limits=_band("70", "85")),
    ]
    asset = {"tag": "KF-UPS-01", "type": "UPS", "model": "Smart-UPS 3000", "serial": "AS1948221733"}
    entries = [
        {
            "photo": uuid_of(f"photo/{n}"),
            "sha256": digest,
            "caption": t["caption"] if n % 3 == 0 else "",
            "on": {"run": UPS, "item": "runtime"} if n % 2 == 0 else {"run": SERVER_ROOM, "item": "cabling"},
            "visible": "client",
            "w": 1280,
            "h": 960,
        }
        for n, digest in enumerate(digests)
    ]
    documents = [
        document(
            "visit",
            number="V-7K3-9",
            client=t["client"],
            site=t["site"],
            address=t["address"],
            engineers=[{"id": ENGINEER, "name": "Farid bin Osman"}],
            legal_entity={"name": t["entity"], "registration": t["registration"], "address": t["office"]},
            marks=[
                {"mark": "travelling", "at": "2026-11-23T00:31:00.000Z"},
                {"mark": "at_desk", "at": "2026-11-23T01:04:00.000Z"},
                {"mark": "working", "at": "2026-11-23T01:22:00.000Z"},
                {"mark": "finished", "at": "2026-11-23T03:36:00.000Z"},
            ],
            outcome="partly",
        ),
        document(
            "run",
            "room",
            run=SERVER_ROOM,
            checklist="11" * 32,
            title=t["room"],
            asset=None,
            verdict="warn",
            items=room,
        ),
        document(
            "run",
            "ups",
            run=UPS,
            checklist="22" * 32,
            title=t["ups"],
            verdict="fail",
            items=ups,
            asset={"id": uuid_of("asset/ups"), **asset},
        ),
        document(
            "ticket",
            ticket=uuid_of("ticket"),
            number="T-7K3-41",
            title=t["ticket"],
            description=t["description"],
            cause=t["cause"],
            action=t["action"],
            prevention=t["prevention"],
            minutes=55,
            state="resolved",
            resolved_at="2026-11-23T03:05:00.000Z",
        ),
        document(
            "followup", ticket=uuid_of("followup"), number="T-7K3-42", title=t["followup"], priority="P3"
        ),
        document(
            "times",
            entries=[
                {
                    "kind": "travel",
                    "person": ENGINEER,
                    "start": "2026-11-23T00:31:00.000Z",
                    "end": "2026-11-23T01:04:00.000Z",
                    "minutes": 33,
                },
                {
                    "kind": "desk",
                    "person": ENGINEER,
                    "start": "2026-11-23T01:04:00.000Z",
                    "end": "2026-11-23T01:22:00.000Z",
                    "minutes": 18,
                },
                {
                    "kind": "on_site",
                    "person": ENGINEER,
                    "start": "2026-11-23T01:22:00.000Z",
                    "end": "2026-11-23T03:36:00.000Z",
                    "minutes": 134,
                },
            ],
        ),
        document("parts", entries=[{"name": t["part"], "number": "PL-C6-1", "qty": "2", "covered": True}]),
        document("open_items", items=[t["open"]]),
        document("remark", text=t["remark"]),
        document(
            "shown",
            locale=locale,
            template=f"signoff-{locale}@1",
            lines=[
                {"role": "h", "text": t["shown_h"]},
                {"role": "p", "text": t["shown_p"]},
                {"role": "li", "text": t["shown_open"]},
                {"role": "note", "text": t["shown_note"]},
            ],
        ),
        document(
            "signer",
            name="Tan Mei Ling",
            capacity=t["capacity"],
            contact=uuid_of("contact"),
            reference="PO 4410-77",
        ),
        document("ink", **INK),
    ]
    return documents + ([document("photos", entries=entries)] if entries else [])


def full_visit(locale: str = "en", photos: int = 2, *, demo: bool = False, **texts: str) -> Case:
    """A visit with two checklists, a ticket, times, parts, a remark and `photos` photos."""
    pictures = {hashlib.sha256(f"upload {n}".encode()).hexdigest(): picture(n) for n in range(photos)}
    documents = full_documents(locale, list(pictures), **texts)
    signed = sign_off(
        documents,
        outcome="accepted_with_open_items",
        visit_outcome="partly",
        locale=locale,
        template=f"signoff-{locale}@1",
    )
    return Case(signed, dict(pictures), facts_of(signed.tablet, locale, demo=demo))


def facts_of(tablet: Tablet, locale: str = "en", *, demo: bool = False, **changes: Any) -> Facts:
    values: dict[str, Any] = {
        "number": "V-7K3-9",
        "revision": 1,
        "public_id": "k5n2qv7d3xw6t4ha2jzr8m5c3p",
        "public_url": "https://service.example",
        "seal_name": TEXTS[locale]["entity"],
        "receipt": Receipt(90455, "2026-11-23T03:58:40.120Z", "2026-11-23T00:12:05.000Z"),
        "device": DeviceStatement(
            DEVICE,
            tablet.jkt,
            tablet.jwk,
            ENGINEER,
            ORG,
            "2026-09-01T01:00:00.000Z",
            "7K3",
            "Farid bin Osman",
        ),
        "demo": demo,
    }
    return Facts(**{**values, **changes})


__all__ = ["NOW", "TEXTS", "VISIT", "Case", "facts_of", "full_documents", "full_visit", "picture"]
