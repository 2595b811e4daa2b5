"""Cries for help and calm stories, as residents type them: with marks, without any, in haste, as in the middle."""

import unicodedata
from typing import Literal

import pytest

from handlers.urgency import looks_urgent, sounds_urgent

Form = Literal["NFC", "NFD"]
CRIES = """
Bình ga nhà bà Sáu vừa nổ, khói mù mịt
Có tiếng nổ lớn ở chợ
Trạm điện đầu ngõ đang nổ lụp bụp
Nổ rồi, bà con ơi ra ngoài
Cháy nhà rồi, cứu với!
Hẻm 12 cháy to lắm
Có người bị đâm ở quán nhậu
Hai nhóm đang đâm chém nhau ngoài bến xe
Nó cầm dao rượt vợ khắp xóm
Ông hàng xóm cầm con dao phay đứng trước cửa
Có kẻ bắn súng hoa cải ngoài đê
Nghe bắn nhau ở cuối đường
Trẻ đào được quả bom sau vườn
Máy xúc múc trúng bom, chưa dám động
Em tôi rơi xuống giếng, cứu em tôi với
Nó dọa chém cả nhà
Cướp giật ngoài ngã tư, vừa chạy về hướng cầu
Có người ngất, nguy lắm rồi
Tên kia có súng
Nỗ bình ga rồi
Nổ pin xe điện trong nhà trọ
CHÁY CHỢ
Xe tải đâm vào nhà dân
Nó dí dao vào cổ cháu bé
"""
CRIES_BARE = """
binh ga nha ba sau no roi khoi mu mit, chay roi
co tieng no lon o cho
tram dien no lup bup, dien no lien tuc
vua no binh ga o quan pho
chay nha roi cuu voi
hem 12 chay to lam
co nguoi bi dam o quan nhau
hai nhom dam nhau ngoai ben xe
no cam dao ruot vo khap xom
ong hang xom cam con dao dung truoc cua
co ke ban sung hoa cai ngoai de
nghe ban nhau o cuoi duong
tre dao duoc qua bom sau vuon
may xuc muc trung trai bom
em toi roi xuong gieng cuu em toi voi
no doa chem ca nha
cuop giat ngoai nga tu
co nguoi ngat nguy lam roi
ten kia co sung
no binh ga roi
sap no kho phao
CHAY CHO
xe tai dam vao nha dan
binh ga no luc 5 gio sang
anh em no chem nhau
chau be bi ban vao chan
no doi dam me toi
bom xang nem vao nha toi
ga no roi co nguoi bi thuong
thang kia dang dam nguoi
chau be bi duoi nuoc
co nguoi nhay cau
co nguoi dinh tu tu
me em uong thuoc sau
co nguoi bi dien giat
sap nha roi co nguoi ket ben trong
khoi nhieu qua ngop tho
lua boc len o tang 3
co nguoi bat coc chau toi
toi bi nhot trong phong
no doi giet ca nha em
hiep dam o cong vien
giup toi voi
thay qua luu dan
tat a xit vao mat chi lan
no do xang doi dot
ong ngoai bat tinh roi
nuoc len ngap noc nha roi
chong em bop co em
"""
CALM = """
Nhà bên nó hát karaoke cả đêm
Nó lừa tôi ba triệu rồi chặn số
Thằng đó nó hay đậu xe trước cổng nhà tôi
Tôi nói với nó rồi mà nó không nghe
Quán bán hàng lấn hết vỉa hè
Bạn cháu bị nó rủ chơi bài
Đám cưới mở loa tới khuya
Người ta đào đường rồi để đó
Nhà máy bơm nước ồn suốt đêm
Xe chạy ngược chiều qua cổng trường
Hội cựu chiến binh nhờ hỏi giờ họp
Xin hỏi giấy tờ cần bổ sung những gì
Chó thả rông, nó dọa trẻ con
Đổ rác bừa bãi cạnh bàn ghế công viên
Tổ dân phố nó có ông tự ý xây chuồng gà
Lũ trẻ đá bóng, nó làm vỡ kính
Nợ tiền không trả, chủ nợ gọi hoài
Có người dạo quanh nhà chụp ảnh
Đạo hữu tụ tập đông, đậu xe kín lối
Xin hỏi trường nghiên cứu đóng ở đâu
Ban đêm không có đèn đường
Ai đó bán thuốc lá lậu cho học sinh
Hôm nay nó lại không đội mũ bảo hiểm
Có đám đông tụ tập đá gà
"""
CALM_BARE = """
nha ben no hat karaoke ca dem
no lua toi ba trieu roi chan so
thang do no hay dau xe truoc cong nha toi
toi noi voi no roi ma no khong nghe
quan ban hang lan het via he
ban chau bi no ru choi bai
dam cuoi mo loa toi khuya
nguoi ta dao duong roi de do
nha may bom nuoc on suot dem
hoi cuu chien binh nho hoi gio hop
xin hoi giay to can bo sung nhung gi
cho tha rong no doa tre con
do rac bua bai canh ban ghe cong vien
lu tre da bong no lam vo kinh
chu no goi hoai
co nguoi di dao quanh nha chup anh
ba con no luc giu ngo sach
ban dem khong co den duong
ai do ban thuoc la lau cho hoc sinh
hom nay no lai khong doi mu bao hiem
co dam dong tu tap da ga
no o nha ben canh
con cho no to lam
dang ban hang rong truoc truong
toi bi no lua tien qua mang
mot dam nguoi tu tap uong ruou
lap hiep hoi phu nu
giet mo heo trai phep
giup toi hoi giay to
ket xe truoc cong truong
danh con lo con de
bom nuoc gay on
ngap nuoc duong
no
"""


def lines(table: str) -> list[str]:
    return table.strip().splitlines()


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("said", [*lines(CRIES), *lines(CRIES_BARE)])
def test_a_cry_is_heard_with_marks_and_without(said: str, form: Form) -> None:
    said = unicodedata.normalize(form, said)
    assert sounds_urgent(said)
    assert looks_urgent({"message": {"text": said}})


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("said", [*lines(CALM), *lines(CALM_BARE)])
def test_a_calm_story_has_no_numbers_before_it(said: str, form: Form) -> None:
    assert not sounds_urgent(unicodedata.normalize(form, said))


@pytest.mark.parametrize(
    "said",
    [
        "chay qua nhanh",
        "Hôm qua xe chay ẩu",
        "cuu",
        "Cưú voi",
        "bi dam o cho ong Tư",
        "quan an chay to",
        "Bà con nỗ lực",
    ],
)
def test_what_is_doubtful_or_half_marked_counts(said: str) -> None:
    """A line of numbers before a calm story costs a look; a missing one may cost more."""
    assert sounds_urgent(said)


@pytest.mark.parametrize(("said", "cry"), [("bình chữa cháy hết hạn", False), ("nút báo cháy, nhà 5 cháy rồi", True)])
def test_the_names_of_what_is_checked_are_no_cry_where_it_is_asked_for(said: str, cry: bool) -> None:
    assert sounds_urgent(said, calm=("binh chua chay", "nut bao chay")) is cry


@pytest.mark.parametrize(
    ("said", "cry"), [("There is a fire!", True), ("I said no to him", False), ("he was shot at", True)]
)
def test_english_too(said: str, cry: bool) -> None:
    assert sounds_urgent(said) is cry
