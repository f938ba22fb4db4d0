"""How the agent talks in English of a screen that is not there."""

from collections.abc import Mapping
from typing import Final

__all__ = [
    "ACTIONS",
    "CONDITION",
    "CUT",
    "DESCRIPTION",
    "FOLLOWING",
    "INSIDE",
    "INSTRUCTION",
    "SENTENCE",
    "SLOTS",
]

SLOTS: Final[Mapping[str, str]] = {
    "widget": "buttons?|panels?|menus?|tabs?|toolbars?|side ?bars?|icons?|sliders?|drop-?downs?"
    "|check ?box(?:es)?"
    "|dialog(?:ue)?s?|inspector|dashboard|workspace|media (?:bin|library|pool)|settings"
    "|preferences|shortcuts?"
    "|handles?|playhead|interface|(?:top|upper|bottom|lower)[- ](?:right|left)|corner|sidebar"
    "|pop-?up|window",
    "room": "timeline|editor|preview(?: (?:window|player|pane|area))?|properties|library|player"
    "|canvas"
    "|(?:project|account|billing|credits?|profile|payment|subscription|export|upgrade|pricing"
    "|plans?)(?: (?:page|tab|section|screen|settings|center|area))?"
    "|page|screen|web ?site|app|browser|plan",
    "lead": "(?:(?:please|now|just|simply|then|also|first|next|finally|lastly|alternatively"
    "|otherwise|instead|afterwards|or|and|but|so|again"
    "|when ready|if needed|if you like|if you want|if you prefer|as always|anytime|any time"
    "|quickly|easily|directly|at any time|meanwhile"
    "|feel free to|do not forget to|don't forget to|remember to|be sure to|make sure to|make sure"
    " you|go ahead and|try to"
    "|(?:you|users) (?:will need to|need to|have to|must|should|can|could|may|might(?: want to)?"
    "|will want to|will be able to|are able to|want to)"
    "|you'll (?:need to|want to|be able to|have to)|you're (?:welcome|free) to|you(?:'d| would)"
    " (?:need|have|want) to|you just|you simply|you then"
    "|i(?:'d)? (?:suggest|recommend|advise) (?:that )?you(?: to)?|it's best to|the (?:easiest"
    "|best|quickest|fastest|simplest) way is to|one way is to"
    "|all you (?:need|have) to do is|what you can do is|let's|to do (?:so|that|this)|for that"
    "|from (?:there|here)|there|here|which you can|where you can"
    "|that you can|you have to only|only|even|always|still|manually|step \\d+|\\d+[.)]"
    "|[-•*])[,:]? +)",
    "aim": "(?:on\\b|onto\\b|the\\b|it\\b|them\\b|this\\b|these\\b|that\\b|those\\b"
    "|your\\b|its\\b|their\\b|all\\b|both\\b|every\\b|some\\b|another\\b"
    "|any\\b|a\\b|an\\b|each\\b|one\\b|either\\b|here\\b|there\\b"
    "|(?-i:[A-Z])|[\ue000-\uf8ff]|\\*|export\\b|download\\b|save\\b|share\\b|play\\b"
    "|preview\\b|and\\b|or\\b|to\\b|in\\b|into\\b|down\\b|up\\b"
    "|edges?\\b"
    "|space\\b|enter\\b|play\\b|publish\\b|render\\b|upload\\b|new\\b)",
    "touch": "click|double[- ]click|right[- ]click|left[- ]click|tap|press|hit|drag(?: and drop"
    "|[- ]and[- ]drop|-n-drop)?|drop|scroll|hover(?: over)?|swipe|toggle|tick|untick|uncheck"
    "|zoom",
    "reach": "open(?: up)?|go(?: back)?(?: over)? to|navigate to|head(?: over| back)? to"
    "|switch(?: over)? to|jump to|return to|move to|move|select|choose|pick|use|preview|view|see"
    "|check"
    "|check out|visit|find|locate|look (?:at|in|for)|have a look at|take a look at|play|watch"
    "|adjust|resize|trim|split|rearrange|reorder|arrange|change|edit|set"
    "|fine-?tune|tweak|top up|upgrade|buy|purchase|access|manage|review|expand|enter|enable"
    "|disable|browse|refresh|reload|log ?in(?: to)?|sign ?in(?: to)?|add"
    "|export|download|save|share|render|publish|copy|undo|scrub|monitor|verify|confirm|hear"
    "|listen to|get|delete|remove|cut|shorten|lengthen|extend|double-check|grab"
    "|start the|trigger|launch|pull|crop|animate|customi[sz]e|modify|close",
}
"""Words that can stand for each other, by the name that a pattern calls them."""

CUT: Final = (
    r"(?P<cut>\s*[,;:](?=\s)\s*|\s+[-–—]+\s+|—|\s*[()]\s*"
    r"|(?<!go ahead)\s+(?:and then|and|or|but|so|then)\s+(?=\S))"
)
"""Where the clauses of a sentence part."""

SENTENCE: Final = r"[^\n]*?(?:[.!?…]+(?=[\"”’')*]*(?:\s|$))[\"”’')*]*|(?=\n|$))"
"""A sentence with the marks that end it."""

INSTRUCTION: Final = (
    (
        "{lead}*(?:drag(?: and drop|[- ]and[- ]drop)?|drop) (?:clips?|photos?|images?|files?"
        "|tracks?|segments?|pictures?|edges?)\\b"
    ),
    (
        "{lead}*(?:drag|pull|grab|stretch|move) (?:its|their|the|either|both|one of (?:its|the))"
        " (?:\\S+ )?(?:edges?|ends?|corners?|handles?)\\b"
    ),
    (
        "(?:to|in order to) \\w+ (?:\\S+ ){{0,8}}?you (?:can|could|may|need to|have to)"
        "(?: also| just| simply| then)? (?:{touch}) (?={aim})"
    ),
    "(?:\\S+ ){{1,5}}?can (?:now |also |then |always )?be (?:dragged|clicked|tapped|toggled)\\b",
    (
        "{lead}*(?:{touch})(?: (?={aim})|$)(?!.*\\b(?:photos?|pictures?|scenes?|sounds?)"
        " (?:come|comes|is"
        "|are)\\b)"
    ),
    "{lead}*(?:{reach})\\b.*\\b(?:{widget})\\b",
    (
        "{lead}*(?:{reach})\\b(?: \\S+){{0,12}}? (?:in|on|from|at|to|into|onto|inside|via|through"
        "|within|under) (?:the |your |our |its )?(?:\\S+ ){{0,2}}?(?:{room})\\b"
    ),
    (
        "{lead}*(?:open(?: up)?|go(?: back)?(?: over)? to|navigate to|head(?: over| back)? to"
        "|switch(?: over)? to|jump to|return to|visit|check(?: out)?|look at|watch|view|see|use"
        "|preview"
        "|(?:have|take) a (?:quick )?(?:look|peek) at|review|play|access|manage|refresh|reload|log"
        " ?in to|sign ?in to|scrub|browse|top up|upgrade|consult) (?:the |your |our |its |a"
        " )?(?:\\S+ ){{0,2}}?(?:{room})\\b"
    ),
    (
        "{lead}*(?:check|view|see|review|verify|monitor|manage|top up|refill|buy|purchase|add)(?:"
        " \\S+){{0,3}} (?:account|billing|credits?|balance)\\b"
    ),
    (
        "{lead}+(?:export|download|save|share|publish|preview)(?: (?:it|this|the (?:final |finished"
        " )?(?:video|file|result|clip|mp4|movie)|your (?:final |finished )?(?:video|file|clip"
        "|movie)))?(?: (?:now|directly|anytime|whenever you like|whenever you want|at any time|as"
        " an? mp4(?: file)?|in (?:mp4|1080p|hd)))*$"
    ),
    (
        "{lead}*(?:you(?:'ll| will| can| should)? (?:now )?(?:find|see|notice)|look for|there(?:'s|"
        " is) (?:also )?(?:a|an|the)) .*\\b(?:{widget})\\b"
    ),
    (
        "(?!.*\\b(?:photo|picture|image|clip) \\d)"
        "(?:the )?(?:\\S+ )?(?:export|download|share|save|publish|preview|play|render|settings"
        "|upload) (?:{widget})\\b.*"
    ),
    (
        "(?:it|they|this|that|the [\\w' ]+|your [\\w' ]+|everything|all of it|\\w+) can"
        " (?:now |also"
        " |then |always )?be \\w+(?:ed|n|t|d)\\b.*\\b(?:{widget}|timeline|editor|preview)\\b"
    ),
    (
        "{lead}+(?:find|see|view|preview|watch|adjust|edit|change|rearrange|reorder|move|trim|play)"
        " (?:it|them|this|that|everything|the (?:result|changes?|video|edit|order|clips?|new"
        " [\\w]+)) (?:in|on) (?:the |your )?(?:{room})\\b"
    ),
    (
        "by (?:simply |just |first )?(?:clicking|tapping|pressing|hitting|dragging|dropping|opening"
        "|selecting|going to|using the|double-clicking|right-clicking|navigating|heading|visiting"
        "|moving the|adjusting the|toggling)\\b.*"
    ),
    "(?:using|via|through|with|from|under|in|inside|on) the (?:\\S+ ){{0,3}}(?:{widget})\\b.*",
    "(?:just )?(?:a|one|1) click (?:on|away).*",
    "{lead}*(?:just )?(?:drag|drop|click|tap)(?: and (?:drag|drop|hold))?$",
    (
        "{lead}*(?:hit|press|click|tap) (?:play|export|download|save|share|publish|render|space"
        "|enter|preview|ok|done|apply|upload)\\b.*"
    ),
)
"""What a clause begins with that tells people to use a screen."""

DESCRIPTION: Final = r"^(?:a |the )?(?:wide |close )?(?:view|shot|photo|picture|close-up) of\b"
"""What a clause begins with that tells of a picture; nothing in it is an instruction."""

INSIDE: Final = (
    (
        r"\bby (?:simply |just |first )?(?:clicking|tapping|pressing|hitting|dragging|opening"
        r"|double-clicking|right-clicking|going to|heading (?:over )?to|navigating to|using the \S+"
        r" (?:button|panel|slider|menu|tab))\b"
    ),
    (
        r"\b(?:with|via|using|through) (?:a|one|just a|the|a single|one single) (?:single |\S+"
        r" )?(?:click|tap|drag-and-drop|drag and drop)\b"
    ),
)
"""What makes an instruction of a clause wherever it stands."""

CONDITION: Final = (
    (
        "{lead}*(?:select|choose|pick|highlight|find|locate) (?:the|an?|any|your|that|this"
        "|it|one|each)\\b.*"
    ),
    "(?:to|in order to) (?!\\d)\\w+.*",
    (
        "(?:if|when|whenever|once|as soon as|after|before|while|until|unless|should|in case) (?:you"
        "|it|that|this|the|your|everything|all|ready|needed|necessary|satisfied|done|happy|finished"
        "|anything|something|they|there)\\b.*"
    ),
    (
        "(?:if|when|once|where|as) (?:needed|necessary|desired|ready|done|satisfied|happy|finished"
        "|preferred|possible)"
    ),
    (
        "for (?:more|further|other|another|a different|any other|finer|manual|a (?:closer|quick)"
        "|additional|details?|that|this)\\b.*"
    ),
    (
        "(?:happy|satisfied|pleased|ready|done|finished|looks good|like it|want (?:more|changes"
        "|another)|need (?:more|changes))\\b[^.]*\\??"
    ),
    (
        "(?:you can|you could|you may|feel free to) (?:also )?(?:change|adjust|reorder|rearrange"
        "|download|export|save|share|preview|fine-?tune|tweak) .*"
    ),
)
"""What an instruction is for; it goes with one beside it."""

FOLLOWING: Final = (
    (
        "(?:{lead})*(?:{touch}|{reach}|wait|type|confirm|enjoy|follow|repeat|finish"
        "|continue|release"
        "|let go|pick|make|move|put|place|bring|hold|apply|start|begin|done|upload|tell|send|post"
        "|keep)\\b(?! (?:is|are|was|were|has|have|now|comes?|plays?|lasts?)\\b).*"
    ),
    (
        "(?:the |your |its |an? )?(?:\\S+ ){{0,3}}(?:{widget}|{room}|left|right|ones?"
        "|clips?|photos?"
        "|order|volume|length|credits?|edges?|volume|speed|size|position|format|quality|resolution"
        "|balance|download)(?: (?:for|to|of|in|on|at|if|when|where|until|and) .*)?"
    ),
    (
        "(?:to|so that you|so you|which|where|that'?s (?:it|all)|and that's|in order|until|while|as"
        " you like|as needed|if needed|wherever|whenever|however|like that|then|for example"
        "|e\\.?g\\.?|such as|left|right|up|down|above|below)\\b.*"
    ),
    (
        "(?:your|the) (?:video|download|file|export|mp4|render|movie) (?:will|starts?|begins?|is"
        " (?:saved|downloaded|exported)|gets?|should|downloads?|then)\\b.*"
    ),
    "(?:\\S+ ?){{1,2}}",
)
"""What belongs to an instruction before it."""

ACTIONS: Final = (
    (
        "credits",
        (
            r"\b(?:account|billing|credits?|balance|top(?:ping)? up|upgrad\w+|subscription|plans?"
            r"|pricing|payment|refill)\b"
        ),
    ),
    (
        "export",
        r"\b(?:export\w*|download\w*|save[sd]?|saving|render\w*|shar(?:e|es|ing)|publish\w*|mp4)\b",
    ),
    (
        "edit",
        (
            r"\b(?:drag\w*|drop\w*|trim\w*|sliders?|adjust\w*|split\w*|resiz\w+|handles?|edges?"
            r"|reorder\w*|rearrang\w*|properties|inspector|fine-?tun\w*|tweak\w*"
            r"|chang(?:e|ing) (?:the|its|their)|swap\w*|delete|remove|shorten|lengthen|edit(?:ing)?"
            r" (?:the|its?|their|text)|style|font|colou?r|volume|media (?:bin|library|pool)"
            r"|upload\w*|toggle"
            r"|undo|replace\w*|crop\w*|speed|effects?|transitions? (?:panel|tab|menu)|text (?:panel"
            r"|tab)|audio (?:panel|tab))\b"
        ),
    ),
    (None, r"^\W*(?:please |just |first |simply )?(?:select|choose|pick|highlight)\b"),
    (
        "status",
        (
            r"\b(?:open\w*|preview\w*|timeline|view\w*|see|look\w*|watch\w*|play\w*|tracks?|project"
            r"|player|check|find|review\w*|hear|listen|refresh|scrub|space)\b"
        ),
    ),
)
"""What an instruction was for, by its words; the first that fits counts, if it is for anything."""
