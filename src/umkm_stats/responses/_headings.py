"""Headings that ask for an identifier, as rules in words, in the languages of the field.

A rule says what could be asked for. Whether the column holds it is decided with its values
(``answers_like_a_question``).
"""

from __future__ import annotations

import re

from umkm_stats.responses import _text

_NOT_OF_PERSONS = (
    "kota|kabupaten|kecamatan|kelurahan|desa|provinsi|negara|produk|merek|merk|brand|barang|jasa|aplikasi|"
    "platform|media|program|prodi|jurusan|fakultas|universitas|kampus|sekolah|mata kuliah|kelas|bank|game|"
    "marketplace|ekspedisi|menu|makanan|minuman|objek|wisata|tempat wisata|hotel|bulan|hari|baik|besar|file|"
    "variabel|item|konstruk"
)
_RULES: tuple[tuple[str, str], ...] = (
    ("email", r"\be-?mail\b|\bsurel\b|\bcorreo electr|\be-?posta\b|\bcourriel\b"),
    (
        "phone",
        r"\b(?:no|nomor|nomer|number|num|nr)?\.? ?(?:hp|wa|telp|telepon|telpon|tlp|"
        r"handphone|hand phone|ponsel|"
        r"whatsapp|phone|telephone|celular|telefone|tel[eé]fono|telefon|cep)\b|"
        r"\bmobile (?:phone|number|no)\b|"
        r"^mobile$|phonenumber|phone ?number",
    ),
    (
        "national_id",
        r"\bnik\b|\bktp\b|\bnpwp\b|\bnib\b|\bnim\b|\bnisn?\b|\bnip\b|\bnidn\b|\bnrp\b|"
        r"\bpassport\b|\bpaspor\b|"
        r"\bnational id\b|\bssn\b|\bnomor induk\b|\b(?:student|employee) id\b|\bcpf\b|\bdni\b|\btc kimlik\b",
    ),
    (
        "location",
        r"\bgps\b|latitude|longitude|\blintang\b|\bbujur\b|\bkoordinat\b|\bcoordinates?\b|\bgeopoint\b|"
        r"\bgeolocation\b|titik lokasi|\baltitude\b|\bprecision\b",
    ),
    (
        "address",
        r"^(?:alamat|address|domisili lengkap|alamat (?:rumah|lengkap|usaha|tempat|tinggal|domisili).*|"
        r"home address|street.*|direcci[oó]n|endere[cç]o|adres|adresse)$|\balamat (?:rumah|lengkap|usaha)\b",
    ),
    (
        "name",
        rf"\bnama\b(?! (?:{_NOT_OF_PERSONS})\b)|\bnamanya\b|"
        r"^(?:name|nombre|nome|naam|nom|full name|first name|last name|surname|"
        r"family name|your name|isim|ad)$|"
        r"\b(?:respondent|owner|business|company|firm|enumerator|interviewer|recipient|full|first|last|your)"
        r"(?:'s)? (?:first |last )?name\b|\brecipient(?:first|last)name\b|"
        r"\bname of (?:the )?(?:respondent|business|owner|firm|company)\b|"
        r"\bnombre (?:completo|y apellidos?|de la empresa|de usted)\b|\bsu nombre\b|\bapellidos?\b|"
        r"\b(?:seu|teu) nome\b|\bnome (?:completo|do respondente|da empresa)\b|\bvotre nom\b|"
        r"\bnom (?:et )?pr[eé]nom\b|\bvor- und nachname\b|\bnachname\b|\bihr name\b|"
        r"\bad[ıi]n[ıi]z\b|\bsoyad|\bad soyad\b|\bisminiz\b|\busername\b|\bsubmitted by\b|\bsubmitter|"
        r"\bpanggilan anda\b",
    ),
    (
        "device",
        r"\bdevice ?id\b|\bimei\b|subscriber ?id|sim ?serial|\bsim ?id\b|\bip ?addr|"
        r"\bip-adresse\b|phone ?number|"
        r"referrer url|\bipaddr|\bdevice ?name\b",
    ),
    (
        "account",
        r"\b(?:akun|account|username|user|nama|id|link|url|profil)\b.*\b(?:instagram|facebook|tiktok|twitter|"
        r"shopee|tokopedia|media sosial)\b|\b(?:instagram|facebook|tiktok)\b.*\b(?:akun|"
        r"account|link|url|id)\b|"
        r"^(?:instagram|facebook|tiktok|twitter|website|situs web)$|\btoko online\b.*\b(?:link|url)\b|"
        r"\b(?:alamat|link|url|your) (?:website|situs)\b|\bwebsite (?:usaha|anda|address|url)\b|"
        r"\bnomor rekening\b|\brekening bank\b|\bbank account\b",
    ),
    (
        "signature",
        r"\btanda tangan\b|\bsignature\b|\bfoto\b.*\b(?:ktp|diri|responden)\b|"
        r"\bphoto\b.*\b(?:respondent|id)\b",
    ),
)
HEADER_RULES = tuple((kind, re.compile(rule)) for kind, rule in _RULES)
_JOINTS = re.compile(r"[_/\\|.:()\[\]]+")


def header_kind(name: str) -> str | None:
    """The kind of identifier a heading asks for, or None. Group paths and underscores count as blanks."""
    key = " ".join(_JOINTS.sub(" ", _text.key(name)[:300]).replace("?", " ").split())
    for kind, rule in HEADER_RULES:
        if rule.search(key):
            return kind
    return None
