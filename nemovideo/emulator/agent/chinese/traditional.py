"""Traditional characters as the simplified ones that the tables are written in."""

from typing import Final

__all__ = ["simplified"]

_TRADITIONAL: Final = (
    "這個張們圖畫標題換豎橫屏順轉場過渡長聲樂歡輕緩靜顯動擊開關閉來對調後從給與還讓將時間總鐘"
    "頭尾點變為縮運鏡剪輯製幫傳單雙幾兩擇選擴邊進間節奏風格應該謝請視頻電幀寬廣減倍條緊慢"
    "貓魚馬車門員東書買賣見話說讀寫線紅綠藍黃黑體語譯導錄續結構實現無淡漸隱隨機亂複製舊"
    "臺灣國億萬歲葉響質專業產檔連別雖雲飛龍鳥歷歸檢級組織終極樣機會當區縱濾壓縮撥廳憶"
    "處備刪聽懂裡裏麼嗎嘗試願歌號邁網幻燈輪暫載滿錯誤遠跡遊戲歐亞陽陰陣隊階際離難靈預領"
    "頂項須類顧飯館驗驟態應懷戀戶掃揚損搖擺據攝攜敘斷曉暈曆殘氣決況沒淺測準滅漲澤濕灑熱"
    "併餘牆幫術個於勻稱劃餵撤銷復恢"
)
_SIMPLIFIED: Final = (
    "这个张们图画标题换竖横屏顺转场过渡长声乐欢轻缓静显动击开关闭来对调后从给与还让将时间总钟"
    "头尾点变为缩运镜剪辑制帮传单双几两择选扩边进间节奏风格应该谢请视频电帧宽广减倍条紧慢"
    "猫鱼马车门员东书买卖见话说读写线红绿蓝黄黑体语译导录续结构实现无淡渐隐随机乱复制旧"
    "台湾国亿万岁叶响质专业产档连别虽云飞龙鸟历归检级组织终极样机会当区纵滤压缩拨厅忆"
    "处备删听懂里里么吗尝试愿歌号迈网幻灯轮暂载满错误远迹游戏欧亚阳阴阵队阶际离难灵预领"
    "顶项须类顾饭馆验骤态应怀恋户扫扬损摇摆据摄携叙断晓晕历残气决况没浅测准灭涨泽湿洒热"
    "并余墙帮术个于匀称划喂撤销复恢"
)
_SIGNS: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(text: str) -> str:
    """Return a text of the same length whose common characters are the simplified ones."""
    return text.translate(_SIGNS)
