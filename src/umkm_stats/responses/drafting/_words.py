"""Words of headings, by language: what marks persons and firms, totals, running numbers, negations.

Each set holds words or stems of headings in Indonesian, Malay, English, Spanish, Portuguese, French, German,
Dutch and Turkish, gathered from published survey exports and written for this project.
"""

from __future__ import annotations

import re
import unicodedata

_COMMON = {
    "id": "saya anda yang dan di dengan untuk kami ini apakah pada dari tidak saat sudah berapa ke jenis "
    "usia umur "
    "nama alamat pendidikan pekerjaan kelamin seberapa dalam adalah bapak ibu oleh sangat lama total jumlah "
    "jabatan kuesioner responden ketika akan",
    "en": "i my the of you your with and to how do does are is what which in have for we our at be age "
    "gender sex "
    "please often much year years name total mean this that me",
    "es": "el la los las de que en y con para por mi su usted una un se edad género genero qué cuál nombre "
    "es "
    "correo empresa marca",
    "pt": "o a os as de que em e com para por meu minha você seu sua uma um se idade gênero qual não nome "
    "empresa "
    "carimbo",
    "fr": "le la les de des que et avec pour par mon ma je vous votre une un âge sexe quel nom est dans",
    "de": "ich der die das und mit für sie ihr wie nicht ist in mein wir welches haben alter geschlecht den "
    "bitte "
    "arbeiten am",
    "nl": "ik de het een en met voor u uw hoe niet is mijn wij welke heeft leeftijd van op",
    "tr": "ben bir ve ile için bu ne kadar sizin yaş cinsiyet adınız çok mı mi olarak",
    "ms": "saya anda yang dan dengan untuk ini adakah tidak umur jantina ialah kepada",
}
LANGUAGES = {name: frozenset(words.split()) for name, words in _COMMON.items()}

BACKGROUND = re.compile(
    r"\b(usia|umur|tahun lahir|tgl lahir|tanggal lahir|tempat lahir|jenis kelamin|kelamin|gender|jk|l/p|"
    r"pendidikan|ijazah|semester|angkatan|jurusan|fakultas|program studi|prodi|universitas|kampus|kelas|"
    r"jabatan|posisi|divisi|bagian|unit kerja|departemen|golongan|pangkat|status|masa kerja|lama kerja|lama "
    r"bekerja|lama usaha|lama menjadi|lama berlangganan|pengalaman kerja|pendapatan|penghasilan|gaji|uang "
    r"saku|pengeluaran|omzet|omset|modal|pekerjaan|profesi|domisili|kota|kabupaten|kecamatan|kelurahan|desa|"
    r"provinsi|wilayah|asal|agama|suku|jenis usaha|bidang usaha|skala usaha|jumlah karyawan|jumlah tenaga|"
    r"jumlah anak|tanggungan|shift|frekuensi kunjungan|kunjungan|sumber informasi|"
    r"age|sex|gender|educ|education|degree|qualification|occupation|job|position|department|faculty|major|"
    r"income|salary|marital|married|status|tenure|experience|nationality|country|city|region|ethnicity|race|"
    r"religion|religious|residence|employment|employer|industry|sector|employees|household|children|year of "
    r"study|grade level|semester|birth|zip|group|branch|"
    r"edad|género|genero|sexo|estudios|educación|educacion|nivel educativo|ocupación|ocupacion|cargo|"
    r"ingresos|"
    r"estado civil|antigüedad|antiguedad|tamaño|tamano|sector|ciudad|país|pais|provincia|"
    r"idade|gênero|escolaridade|profissão|profissao|renda|estado civil|cidade|cargo|"
    r"âge|sexe|profession|diplôme|niveau d|ville|revenu|"
    r"alter|geschlecht|bildung|beruf|abschluss|bereich|abteilung|branche|einkommen|familienstand|wohnort|"
    r"leeftijd|geslacht|opleiding|beroep|inkomen|functie|"
    r"yaş|yaşınız|cinsiyet|cinsiyetiniz|eğitim|meslek|gelir|medeni|bölüm|"
    r"jantina|pekerjaan|bangsa|tahap pendidikan)\b"
)
STATEMENT = re.compile(
    r"^(saya|kami|aku|i|i'm|i've|we|my|our|yo|mi|me|nosotros|eu|meu|minha|je|j'|mon|ma|nous|ich|mein|meine|wir|"
    r"ik|mijn|wij|we|ben|benim|biz)\b"
)
HOW_MANY = re.compile(
    r"^(berapa|sudah berapa|how many|how much|how old|how long|how often do you (visit|come|buy|shop|use)|"
    r"cuánt|cuant|quant[oa]s?\b|combien|wie (alt|lange|viele)|hoeveel|hoe (oud|lang)|kaç|sejak kapan|since "
    r"when|kapan|seberapa (sering|lama) anda (berkunjung|belanja|berbelanja|datang|membeli|menggunakan|makan "
    r"di))\b"
)
FACT_QUESTION = re.compile(
    r"^(apakah (anda|bapak|saudara|ibu)|pernahkah|do you (have|own|use|work|live)|have you|are you|did you|"
    r"which of|what is your|what's your|where do you|di mana|dimana|kota|siapa|who|anda mengisi sebagai|"
    r"¿(cuál|cual|dónde|donde)|qual (é|e)|em qual|in welche|welche|welches)\b"
)
TOTAL = re.compile(
    r"^(sub ?total|grand total|total|tot|ttl|tot4l|jumlah|jml|sum|skor total|total skor|x?total|rata-rata|"
    r"rata rata|rerata|mean|average|avg|nilai akhir|skor|score)\b|^(tot|total|jml|mean|avg|sum|rata)[_. ]|"
    r"[_. ](tot|total|jml|mean|avg|sum)$|^(x|y|z|m)?total|^t(pos|neg)"
)
RUNNING = re.compile(
    r"^(no|no\.|nr|nr\.|#|nomor|number|nomor urut|no urut|no resp|no\. resp|no responden|responden|resp|"
    r"respondent|partisipan|participant|subject|subjek|sampel|case|caseid|case number|id|index|urutan|row|"
    r"sl|sl no|s no|lfd|lfd nr)$"
)
PERSONAL = re.compile(
    r"\b(nama|inisial|panggilan|nim|nip|nis|npm|nik|no ?(hp|wa|telp|telepon|ponsel)|whatsapp|nomor (hp|wa|"
    r"telepon|telp|whatsapp|ponsel|handphone)|e-?mail|surel|alamat|akun|username|tanda tangan|rekening|ktp|"
    r"name|initials|surname|phone|mobile number|address|ip ?address|ip-adresse|latitude|longitude|gps|"
    r"nombre|apellidos?|correo|teléfono|telefono|dirección|direccion|celular|"
    r"nome|sobrenome|telefone|endereço|endereco|"
    r"prénom|prenom|nom et|nom complet|courriel|téléphone|adresse (e-?mail|mail|électronique)|"
    r"vorname|nachname|telefonnummer|naam|achternaam|telefoonnummer|"
    r"ad soyad|adınız|adiniz|soyadınız|e-?posta|telefon)\b"
)
PERSON = re.compile(
    r"^(nama|nama (lengkap|panggilan|responden|anda|siswa|mahasiswa|pegawai|karyawan|pelanggan|pengisi|"
    r"ayah|ibu|orang tua|enumerator|pewawancara)|inisial|name|full name|your name|first name|last name|"
    r"respondent name|initials|nombre|nombre completo|nome|nome completo)( (responden|anda|lengkap|inisial|"
    r"boleh inisial|bapak ibu|optional|opsional))*$"
)
REMARKS = re.compile(
    r"^(kritik|saran|masukan|komentar|pesan dan kesan|kesan dan pesan|tanggapan|suggestions?|comments?|"
    r"remarks|feedback|sugerencias|comentarios)\b(?!.*\b(diterima|ditanggapi|didengar)\b)"
)
NOT_PERSONAL = re.compile(
    r"\b(nama baik|merek|merk|brand|game|aplikasi|application|app|media sosial|social media|penggunaan|"
    r"menggunakan|seberapa|how|saya|kami|apakah|mudah|sering|puas|satisfied|sumber informasi)\b"
)
PLATFORM = re.compile(
    r"^(_?id|_?uuid|_?index|lastpage|last page|halaman terakhir|seed|benih|startlanguage|start language|"
    r"bahasa awal|progress|status|finished|response ?id|responseid|collector ?id|respondent ?id|duration.*|"
    r"user ?language|distribution ?channel|recipient.*|external.*reference|external data reference|"
    r"_validation_status|_notes|_status|_submitted_by|__version__|_tags|instanceid|meta/instanceid|"
    r"formhub/uuid|deviceid|token|refurl|ip ?address|ipaddr|total time|interviewtime|grouptime.*|response "
    r"type|custom data.*|zre_\d+|zpr_\d+|sre_\d+|fac\d+_\d+|filter_\$|weight|bobot|score|points.*|"
    r"grade.*posted.*)$"
)
NEGATED = re.compile(
    r"\b(tidak|tak|bukan|belum|jarang|sulit|susah|kurang|gagal|enggan|malas|bosan|lelah|cemas|takut|"
    r"not|never|no|rarely|seldom|hardly|difficult|unable|cannot|can't|don't|doesn't|isn't|without|fail|"
    r"against|lack|worry|useless|"
    r"nunca|difícil|dificil|raramente|apenas|falta|não|nunca|jamais|ne|pas|rarement|difficile|"
    r"nicht|nie|kein|keine|keinen|selten|schwer|schwierig|kaum|niet|nooit|geen|zelden|moeilijk|"
    r"değil|asla|hiç|nadiren|zor)\b"
)
ATTENTION = re.compile(
    r"(please (choose|select|pick|mark|answer|tick)|pilih(lah)? (angka|jawaban|opsi|nomor)?\s*[\"'“]?(\d|"
    r"sangat|"
    r"setuju|tidak|netral)|untuk (pertanyaan|pernyataan|butir) ini|attention check|seleccione|marque|"
    r"bitte wählen|ini adalah (pertanyaan|item) (cek|pemeriksa))"
)


def language_of(headings: list[str], answers: list[str]) -> str:
    """The language that most words of the headings belong to; English when none does.

    ``answers``: the language of the answer words of each column that has any.
    """
    words = [w for text in headings for w in re.findall(r"[^\W\d_]{2,}", text.casefold())]
    counts = {name: float(sum(w in known for w in words)) for name, known in LANGUAGES.items()}
    endings = sum(w.endswith(("nya", "kan", "annya", "asi", "itas")) or w[:3] in _PREFIXES for w in words)
    counts["id"] += 0.5 * endings
    counts["ms"] -= 1  # Malay only where its own words decide
    for name in answers:
        counts[name] = counts.get(name, 0) + 1
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > 0 else "en"


_PREFIXES = frozenset({"men", "mem", "meng", "ber", "ter", "pel", "pem", "pen", "kep", "ket", "kes", "keb"})


def plain(text: str) -> str:
    """Letters and digits only, without accents, for codes and names."""
    text = unicodedata.normalize("NFKD", text)
    return "".join(ch for ch in text if ch.isascii() and (ch.isalnum() or ch in " _-"))
