"""Every word that a report prints, in the client's three languages. Keys are ours; texts are data.

`{name}` marks a value. A missing key raises KeyError: a report never falls back to another language in silence.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES: Mapping[str, str] = {"en": "en", "ms": "ms", "zh": "zh-Hans"}
"""The record's locale to the PDF's language tag."""

WORDS: Mapping[str, Mapping[str, str]] = {
    # Head
    "report": {"en": "Service visit report", "ms": "Laporan lawatan servis", "zh": "现场服务报告"},
    "demo": {"en": "Demo", "ms": "Demo", "zh": "演示"},
    "revision": {"en": "Revision {n}", "ms": "Semakan {n}", "zh": "第 {n} 版"},
    "registration": {"en": "Reg. no. {number}", "ms": "No. pendaftaran {number}", "zh": "注册号 {number}"},
    "page": {"en": "Page", "ms": "Halaman", "zh": "页"},
    "visited_on": {"en": "Date", "ms": "Tarikh", "zh": "日期"},
    "engineers": {"en": "Engineer", "ms": "Jurutera", "zh": "工程师"},
    "visit_outcome": {"en": "Outcome", "ms": "Hasil lawatan", "zh": "结果"},
    "signed_off": {"en": "Client's sign-off", "ms": "Pengesahan klien", "zh": "客户签收"},
    "outcome.completed": {"en": "Completed", "ms": "Selesai", "zh": "已完成"},
    "outcome.partly": {
        "en": "Partly done, a return visit follows",
        "ms": "Sebahagian siap, lawatan susulan akan dibuat",
        "zh": "部分完成，将再次上门",
    },
    "outcome.no_access": {"en": "No access", "ms": "Tiada akses", "zh": "无法进入"},
    "outcome.cancelled_at_door": {
        "en": "Cancelled at the door",
        "ms": "Dibatalkan di lokasi",
        "zh": "到场后取消",
    },
    "outcome.stopped_for_safety": {
        "en": "Stopped for safety",
        "ms": "Dihentikan atas sebab keselamatan",
        "zh": "因安全原因停止",
    },
    "outcome.handed_over": {"en": "Handed over", "ms": "Diserahkan", "zh": "已移交"},
    "outcome.solved_remotely": {"en": "Solved remotely", "ms": "Diselesaikan dari jauh", "zh": "已远程解决"},
    "signoff.accepted": {"en": "Accepted", "ms": "Diterima", "zh": "已接受"},
    "signoff.accepted_with_open_items": {
        "en": "Accepted with open items",
        "ms": "Diterima dengan perkara tertunggak",
        "zh": "已接受，有待办事项",
    },
    "signoff.attendance_only": {"en": "Attendance confirmed", "ms": "Kehadiran disahkan", "zh": "仅确认到场"},
    "signoff.goods_received": {"en": "Goods received", "ms": "Barang diterima", "zh": "已收货"},
    "signoff.declined": {"en": "Signature declined", "ms": "Tandatangan ditolak", "zh": "拒绝签名"},
    "signoff.absent": {"en": "Client not present", "ms": "Klien tiada di lokasi", "zh": "客户不在场"},
    "signoff.remote": {
        "en": "To be signed by link",
        "ms": "Akan ditandatangani melalui pautan",
        "zh": "将通过链接签收",
    },
    "reason.result": {"en": "the result", "ms": "hasil kerja", "zh": "对结果有异议"},
    "reason.hours": {"en": "the hours", "ms": "tempoh kerja", "zh": "对工时有异议"},
    "reason.charges": {"en": "the charges", "ms": "caj", "zh": "对费用有异议"},
    "reason.not_authorised": {
        "en": "not authorised to sign",
        "ms": "tiada kuasa menandatangani",
        "zh": "无权签名",
    },
    "reason.no_signing": {
        "en": "no signing on devices",
        "ms": "tidak menandatangani pada peranti",
        "zh": "不在设备上签名",
    },
    "reason.busy": {"en": "busy", "ms": "sibuk", "zh": "没有时间"},
    # Summary
    "summary": {"en": "Summary", "ms": "Ringkasan", "zh": "摘要"},
    "found": {"en": "Found", "ms": "Ditemui", "zh": "发现"},
    "done": {"en": "Done", "ms": "Dilakukan", "zh": "完成"},
    "open": {"en": "Open", "ms": "Tertunggak", "zh": "待办"},
    "found.none": {
        "en": "Nothing outside its limits.",
        "ms": "Tiada yang melepasi had.",
        "zh": "未发现超出限值的项目。",
    },
    "done.none": {"en": "No work was recorded.", "ms": "Tiada kerja direkodkan.", "zh": "没有工作记录。"},
    "open.none": {"en": "Nothing is left open.", "ms": "Tiada perkara tertunggak.", "zh": "没有待办事项。"},
    "headline.fail": {"en": "{n} to put right", "ms": "{n} perkara perlu dibaiki", "zh": "{n} 项需要处理"},
    "headline.warn": {"en": "{n} to watch", "ms": "{n} perkara perlu diperhatikan", "zh": "{n} 项需要留意"},
    "headline.missing": {
        "en": "{n} not answered, nothing else to report",
        "ms": "{n} perkara tidak dijawab, selebihnya teratur",
        "zh": "{n} 项未作答，其余正常",
    },
    "headline.ok": {
        "en": "All checks are in order",
        "ms": "Semua pemeriksaan teratur",
        "zh": "所有检查均正常",
    },
    "headline.none": {
        "en": "No checklist on this visit",
        "ms": "Tiada senarai semak untuk lawatan ini",
        "zh": "本次服务没有检查清单",
    },
    "more": {
        "en": "and {n} more, see below",
        "ms": "dan {n} lagi, lihat di bawah",
        "zh": "另有 {n} 项，见下文",
    },
    "checked": {"en": "{title}: {n} items", "ms": "{title}: {n} perkara", "zh": "{title}：{n} 项"},
    # Checklists
    "checklists": {"en": "Checklists", "ms": "Senarai semak", "zh": "检查清单"},
    "verdict.ok": {"en": "In order", "ms": "Teratur", "zh": "正常"},
    "verdict.warn": {"en": "Watch", "ms": "Perhatikan", "zh": "留意"},
    "verdict.fail": {"en": "Put right", "ms": "Perlu dibaiki", "zh": "需处理"},
    "verdict.na": {"en": "Not applicable", "ms": "Tidak berkenaan", "zh": "不适用"},
    "verdict.missing": {"en": "Not answered", "ms": "Tidak dijawab", "zh": "未作答"},
    "column.verdict": {"en": "Result", "ms": "Keputusan", "zh": "判定"},
    "column.item": {"en": "Checked", "ms": "Perkara", "zh": "检查项目"},
    "column.value": {"en": "Value", "ms": "Nilai", "zh": "数值"},
    "column.reading": {"en": "Against limits", "ms": "Berbanding had", "zh": "与限值对比"},
    "serial": {"en": "serial {serial}", "ms": "siri {serial}", "zh": "序列号 {serial}"},
    "limit.above": {"en": "{what} above {max}", "ms": "{what} melebihi {max}", "zh": "高于 {max}：{what}"},
    "limit.below": {"en": "{what} below {min}", "ms": "{what} bawah {min}", "zh": "低于 {min}：{what}"},
    "limit.warn": {"en": "watch", "ms": "perhatikan", "zh": "留意"},
    "limit.fail": {"en": "put right", "ms": "perlu dibaiki", "zh": "需处理"},
    "last": {"en": "last {value} ({on})", "ms": "terdahulu {value} ({on})", "zh": "上次 {value}（{on}）"},
    "bar.alt": {
        "en": "{value} on a scale with its limits",
        "ms": "{value} pada skala dengan had",
        "zh": "{value} 在限值标尺上的位置",
    },
    "photo.ref": {"en": "photo {n}", "ms": "foto {n}", "zh": "照片 {n}"},
    "waived": {
        "en": "Photo not allowed here; witness: {witness}",
        "ms": "Foto tidak dibenarkan di sini; saksi: {witness}",
        "zh": "此处不允许拍照；见证人：{witness}",
    },
    "waived.other": {
        "en": "Waived ({rule}); witness: {witness}",
        "ms": "Dikecualikan ({rule}); saksi: {witness}",
        "zh": "免除（{rule}）；见证人：{witness}",
    },
    # Tickets
    "tickets": {"en": "Tickets", "ms": "Tiket", "zh": "工单"},
    "cause": {"en": "Cause", "ms": "Punca", "zh": "原因"},
    "action": {"en": "Action", "ms": "Tindakan", "zh": "处理"},
    "prevention": {"en": "Prevention", "ms": "Pencegahan", "zh": "预防"},
    "resolved_at": {"en": "resolved {at}", "ms": "diselesaikan {at}", "zh": "{at} 解决"},
    "state.new": {"en": "New", "ms": "Baharu", "zh": "新建"},
    "state.open": {"en": "In progress", "ms": "Sedang dijalankan", "zh": "处理中"},
    "state.waiting": {"en": "Waiting", "ms": "Menunggu", "zh": "等待中"},
    "state.resolved": {"en": "Resolved", "ms": "Diselesaikan", "zh": "已解决"},
    "state.closed": {"en": "Closed", "ms": "Ditutup", "zh": "已关闭"},
    "state.reopened": {"en": "Reopened", "ms": "Dibuka semula", "zh": "已重开"},
    "followup": {
        "en": "Follow-up {number}: {title}",
        "ms": "Susulan {number}: {title}",
        "zh": "后续 {number}：{title}",
    },
    # Photos
    "photos": {"en": "Photos", "ms": "Foto", "zh": "照片"},
    "photo.unreadable": {
        "en": "This file could not be read as a picture. It is kept.",
        "ms": "Fail ini tidak dapat dibaca sebagai gambar. Ia disimpan.",
        "zh": "该文件无法作为图片读取，已保留。",
    },
    "photo.withheld": {
        "en": "Internal photos that are not printed: {n}.",
        "ms": "Foto dalaman yang tidak dicetak: {n}.",
        "zh": "未打印的内部照片：{n} 张。",
    },
    # Time and parts
    "times": {"en": "Time", "ms": "Masa", "zh": "工时"},
    "time.kind": {"en": "Kind", "ms": "Jenis", "zh": "类别"},
    "time.person": {"en": "Person", "ms": "Orang", "zh": "人员"},
    "time.from": {"en": "From", "ms": "Dari", "zh": "开始"},
    "time.to": {"en": "To", "ms": "Hingga", "zh": "结束"},
    "time.duration": {"en": "Duration", "ms": "Tempoh", "zh": "时长"},
    "time.total": {"en": "Total", "ms": "Jumlah", "zh": "合计"},
    "kind.remote": {"en": "Remote", "ms": "Dari jauh", "zh": "远程"},
    "kind.phone": {"en": "Phone", "ms": "Telefon", "zh": "电话"},
    "kind.on_site": {"en": "On site", "ms": "Di lokasi", "zh": "现场"},
    "kind.travel": {"en": "Travel", "ms": "Perjalanan", "zh": "路程"},
    "kind.desk": {"en": "Waiting at the desk", "ms": "Menunggu di kaunter", "zh": "前台等候"},
    "kind.vendor_hold": {"en": "Waiting for a vendor", "ms": "Menunggu vendor", "zh": "等待供应商"},
    "duration": {"en": "{h} h {m} min", "ms": "{h} j {m} min", "zh": "{h} 小时 {m} 分"},
    "duration.short": {"en": "{m} min", "ms": "{m} min", "zh": "{m} 分"},
    "parts": {"en": "Parts", "ms": "Alat ganti", "zh": "备件"},
    "part.name": {"en": "Part", "ms": "Alat ganti", "zh": "备件"},
    "part.number": {"en": "Number", "ms": "Nombor", "zh": "编号"},
    "part.qty": {"en": "Quantity", "ms": "Kuantiti", "zh": "数量"},
    "part.covered": {"en": "Covered", "ms": "Dilindungi", "zh": "是否涵盖"},
    "yes": {"en": "Yes", "ms": "Ya", "zh": "是"},
    "no": {"en": "No", "ms": "Tidak", "zh": "否"},
    "mark.confirmed": {"en": "Confirmed", "ms": "Disahkan", "zh": "已确认"},
    "mark.released": {"en": "Released", "ms": "Dikeluarkan", "zh": "已下发"},
    "mark.received": {"en": "Received", "ms": "Diterima", "zh": "已接收"},
    "mark.seen": {"en": "Seen", "ms": "Dilihat", "zh": "已查看"},
    "mark.accepted": {"en": "Accepted", "ms": "Diterima", "zh": "已接受"},
    "mark.travelling": {"en": "Travelling", "ms": "Dalam perjalanan", "zh": "途中"},
    "mark.at_desk": {"en": "At the desk", "ms": "Di kaunter", "zh": "到达前台"},
    "mark.working": {"en": "Work began", "ms": "Kerja bermula", "zh": "开始工作"},
    "mark.paused": {"en": "Paused", "ms": "Dijeda", "zh": "暂停"},
    "mark.resumed": {"en": "Resumed", "ms": "Disambung", "zh": "继续"},
    "mark.finished": {"en": "Work ended", "ms": "Kerja tamat", "zh": "结束工作"},
    "mark.left": {"en": "Left", "ms": "Beredar", "zh": "离开"},
    # Sign-off
    "remark": {"en": "Client's remark", "ms": "Ulasan klien", "zh": "客户意见"},
    "shown": {"en": "What the client read", "ms": "Apa yang dibaca oleh klien", "zh": "客户所读内容"},
    "shown.intro": {
        "en": "Word for word the page that was on the tablet when it was handed over ({template}).",
        "ms": "Patah demi patah halaman pada tablet ketika diserahkan kepada klien ({template}).",
        "zh": "平板交给客户时所显示页面的原文（{template}）。",
    },
    "signatures": {"en": "Signatures", "ms": "Tandatangan", "zh": "签名"},
    "sig.client": {
        "en": "Client's electronic signature",
        "ms": "Tandatangan elektronik klien",
        "zh": "客户电子签名",
    },
    "sig.client.text": {
        "en": "Drawn by {name} on the engineer's tablet after reading the page above; meaning: {meaning}.",
        "ms": "Dilukis oleh {name} pada tablet jurutera selepas membaca halaman di atas; maksud: {meaning}.",
        "zh": "{name} 阅读上述页面后在工程师平板上手写；含义：{meaning}。",
    },
    "sig.client.none": {
        "en": "There is no electronic signature of the client: {meaning}.",
        "ms": "Tiada tandatangan elektronik klien: {meaning}.",
        "zh": "没有客户电子签名：{meaning}。",
    },
    "sig.ink.alt": {
        "en": "Signature drawn by {name}",
        "ms": "Tandatangan yang dilukis oleh {name}",
        "zh": "{name} 的手写签名",
    },
    "sig.device": {"en": "Tablet's signature", "ms": "Tandatangan tablet", "zh": "平板签名"},
    "sig.device.text": {
        "en": "Made by tablet {device}, enrolled to {person}, at the tap: it binds the drawing to every line of "
        "this report.",
        "ms": "Dibuat oleh tablet {device}, didaftarkan kepada {person}, pada saat ketikan: ia mengikat lukisan itu "
        "dengan setiap baris laporan ini.",
        "zh": "由登记在 {person} 名下的平板 {device} 在点按时生成：将手写签名与本报告的每一行绑定。",
    },
    "sig.seal": {"en": "Company seal", "ms": "Meterai syarikat", "zh": "公司印章"},
    "sig.seal.text": {
        "en": "Put on this file by {entity}: it shows who issued it and that it has not changed since. It is not "
        "the client's signature.",
        "ms": "Dibubuh pada fail ini oleh {entity}: ia menunjukkan siapa yang mengeluarkannya dan bahawa ia tidak "
        "berubah sejak itu. Ia bukan tandatangan klien.",
        "zh": "由 {entity} 加盖于本文件：表明出具者，以及文件此后未被更改。它不是客户的签名。",
    },
    "not_authorised": {
        "en": "The agreement does not name this person as authorised to sign.",
        "ms": "Perjanjian tidak menamakan orang ini sebagai diberi kuasa menandatangani.",
        "zh": "协议未将此人列为授权签字人。",
    },
    "identified.seen_in_person": {"en": "seen in person", "ms": "dilihat sendiri", "zh": "当面确认"},
    "identified.staff_pass": {"en": "staff pass seen", "ms": "pas pekerja dilihat", "zh": "已查看工作证"},
    "identified.otp_email": {"en": "code by email", "ms": "kod melalui e-mel", "zh": "邮件验证码"},
    "identified.otp_sms": {"en": "code by SMS", "ms": "kod melalui SMS", "zh": "短信验证码"},
    "signer": {"en": "Signer", "ms": "Penandatangan", "zh": "签名人"},
    "capacity": {"en": "Capacity", "ms": "Jawatan", "zh": "身份"},
    "reference": {"en": "Client's reference", "ms": "Rujukan klien", "zh": "客户编号"},
    "identified": {"en": "Identified by", "ms": "Dikenal pasti melalui", "zh": "身份确认"},
    "declined_for": {"en": "Reason", "ms": "Sebab", "zh": "原因"},
    "signed_between": {
        "en": "Signed between {after} and {before}; the tablet's clock said {clock}.",
        "ms": "Ditandatangani antara {after} dan {before}; jam tablet menunjukkan {clock}.",
        "zh": "签署时间在 {after} 与 {before} 之间；平板时钟显示 {clock}。",
    },
    "signed_before": {
        "en": "Signed before {before}; the tablet's clock said {clock}.",
        "ms": "Ditandatangani sebelum {before}; jam tablet menunjukkan {clock}.",
        "zh": "签署时间在 {before} 之前；平板时钟显示 {clock}。",
    },
    "receipt_code": {"en": "Receipt code", "ms": "Kod resit", "zh": "回执码"},
    # Verification
    "verify": {"en": "Check this report", "ms": "Semak laporan ini", "zh": "核验本报告"},
    "verify.text": {
        "en": "Scan the code or open {link} to see this report's state. The PDF is the original: its company seal "
        "shows any change. Paper and screenshots are copies.",
        "ms": "Imbas kod atau buka {link} untuk melihat status laporan ini. PDF ialah salinan asal: meterai syarikat "
        "menunjukkan sebarang perubahan. Kertas dan tangkapan skrin ialah salinan.",
        "zh": "扫描二维码或打开 {link} 查看本报告的状态。PDF 为原件：公司印章可显示任何更改。纸张和截图均为副本。",
    },
    "verify.inside": {
        "en": "Inside the PDF, as attachments: the signed record and every document named in it ({n} files).",
        "ms": "Di dalam PDF, sebagai lampiran: rekod yang ditandatangani dan setiap dokumen yang dinamakan ({n} fail).",
        "zh": "PDF 内附件：已签署的记录及其列出的每份文件（共 {n} 个）。",
    },
    "verify.record": {"en": "Record", "ms": "Rekod", "zh": "记录"},
    "sealed_by": {"en": "Sealed by", "ms": "Dimeterai oleh", "zh": "盖章单位"},
    "qr.alt": {"en": "QR code to {link}", "ms": "Kod QR ke {link}", "zh": "指向 {link} 的二维码"},
    "notes": {"en": "Notes", "ms": "Nota", "zh": "备注"},
    "note.characters": {
        "en": "Some characters have no printed form here and are shown by their code: {codes}. The attached "
        "documents hold them as written.",
        "ms": "Sesetengah aksara tiada bentuk cetak di sini dan ditunjukkan dengan kodnya: {codes}. Dokumen yang "
        "dilampirkan menyimpannya seperti ditulis.",
        "zh": "部分字符无法打印，以编码显示：{codes}。附件文件中保留原文。",
    },
    "flag.divergent": {
        "en": "The office held other values when the client signed; the signed ones are printed.",
        "ms": "Pejabat mempunyai nilai lain semasa klien menandatangani; yang ditandatangani dicetak.",
        "zh": "客户签名时办公室持有其他数值；此处打印已签署的数值。",
    },
    "flag.after_cancel": {
        "en": "The visit had been cancelled in the office.",
        "ms": "Lawatan telah dibatalkan di pejabat.",
        "zh": "该服务曾在办公室被取消。",
    },
    "flag.second_signature": {
        "en": "A second signature for this visit was received.",
        "ms": "Tandatangan kedua bagi lawatan ini telah diterima.",
        "zh": "收到本次服务的第二个签名。",
    },
    "flag.late_scope": {
        "en": "The visit had been given to another engineer meanwhile.",
        "ms": "Lawatan telah diberikan kepada jurutera lain sementara itu.",
        "zh": "期间该服务已转派其他工程师。",
    },
    "flag.clock": {
        "en": "The tablet's clock was wrong; rely on the bounds of time.",
        "ms": "Jam tablet tidak tepat; rujuk had masa.",
        "zh": "平板时钟不准；以时间上下限为准。",
    },
    "flag.other": {"en": "Flag: {flag}", "ms": "Penanda: {flag}", "zh": "标记：{flag}"},
}


class Words:
    """The words of one language: `say("more", n=3)`."""

    def __init__(self, locale: str) -> None:
        if locale not in LANGUAGES:
            raise KeyError(locale)
        self.locale = locale
        self.language = LANGUAGES[locale]

    def say(self, key: str, **values: object) -> str:
        """The text of `key` with its values. Raises KeyError for an unknown key."""
        return WORDS[key][self.locale].format(**values)

    def known(self, key: str, otherwise: str) -> str:
        """The text of `key`, or `otherwise` where the wire may bring words that came later than this catalogue."""
        return WORDS[key][self.locale] if key in WORDS else otherwise
