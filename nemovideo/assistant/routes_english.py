"""How people ask for an action in English: phrases that mean one when nothing else is said."""

from collections.abc import Mapping
from typing import Final

__all__ = ["BARE", "FILLERS", "HINTS", "LEADS", "PHRASES", "REFUSAL", "SLOTS", "TITLING"]

SLOTS: Final[Mapping[str, str]] = {
    "ask": "(?:can|could|would|will) (?:you|u|we|i|ya)(?: please| just| maybe| kindly)?"
    "|(?:please|pls|plz|kindly|just|now|so|then|and|also|next|finally|lastly|first|again|quickly)"
    "|i(?:'d| would) (?:like|love)(?: you)? to|i(?: just| now| really)? (?:want|need|wish)(?:"
    " you)? to"
    "|(?:i )?(?:wanna|wanted to|gotta|have to)|i'm ready to|i am ready to|(?:we are |we're"
    " )?ready to"
    "|let's|lets|let us|let me|may i|(?:it's )?time to|go ahead and|(?:you can|you may|please do)"
    "|how (?:do|can|would|could|should) (?:i|we|you)|how to|where (?:do|can|could) (?:i|we)"
    "|is it possible to|is there (?:a|any) way to|do you mind if i|mind if i|would you mind"
    "|(?:ok|okay|hey|hi|hello|yes|yep|yeah|sure|alright|all right|well|great|perfect|good|nice|cool"
    "|awesome|thanks|thank you|done)(?: (?:nemo|there|bot|now))?"
    "|(?:i'm|im|i am|we're|we are|all) (?:done|finished|happy|good|set)(?: now| here| with (?:it"
    "|this))?"
    "|(?:that's|thats|that is) (?:it|all|great|perfect|good|fine)|(?:it )?looks (?:good|great"
    "|perfect|fine)"
    "|(?:i )?(?:love|like) it|(?:can|could) (?:you|u) (?:tell|show) (?:me|us)|(?:tell|show) (?:me"
    "|us)|i'll take (?:it|that)|(?:i'm |i am |just )?(?:wondering|curious)"
    "|(?:do )?you know|any idea|remind me|i wonder|i(?:'d| would) like to know|(?:i )?(?:want"
    "|need) to know|not sure",
    "film": "video|clip|movie|film|mp4|file|slideshow|slide show|result|reel|short|montage|story"
    "|version|edit"
    "|cut|output|render|project|mp4 file|video file|movie file|final product|mp4 video|mp4"
    " version|video clip",
    "which": "(?:the|my|our|this|that|your|its)",
    "how": "(?:final|finished|complete|completed|whole|full|entire|current|edited|rendered|ready"
    "|new|last"
    "|latest|resulting|actual|damn|high[- ]res|hd)",
    "thing": "(?:(?:{which}) (?:{how} )*(?:{film})(?: file| clip)?|(?:{how} )+(?:{film})|it|this"
    "|that|mp4s?"
    "|(?:an?|the) (?:mp4|copy|download link|link(?: to (?:it|the (?:{film})))?|download)(?:"
    " file)?|everything"
    "|what (?:you have|we have|we've got|you've got|you made|we made)|the thing|video(?: file)?)",
    "whither": "(?:to|on|onto|in|into) (?:me|us|here|this chat|the chat|my (?:phone|computer"
    "|laptop|device|pc|mac"
    "|desktop|inbox|gallery|camera roll|drive|disk|tablet|downloads?(?: folder)?)|disk)|here"
    "|over|out|now|across",
    "format": "(?:as|in|to|at|into|with) (?:an? |the )?(?:high(?:est)?|best|good|full"
    "|max(?:imum)?|top)?[ -]?"
    "(?:mp4|video|file|movie|full hd|hd|uhd|4k|1080p?|720p|quality|resolution|res)"
    "(?: (?:mp4|format|file|quality|resolution|video))?",
    "tail": "please|pls|plz|now|right now|right away|asap|thanks|thank you|thx|ty|for me|again"
    "|then|already|today"
    "|immediately|straight away|at once|once more|{whither}|{format}|if (?:you can|possible"
    "|that's ok|you don't mind)"
    "|when (?:it's|it is|you're|you are) (?:ready|done|finished)|(?:so|so that) (?:i|we) can"
    " (?:post|share|watch|see"
    "|save|keep|upload|send|show)(?: it| them)?(?: (?:on|to|with) [\\w ]{{1,24}})?|from (?:here"
    "|there|you)"
    "|to (?:post|share|watch|keep)(?: it)?(?: (?:on|to|with) [\\w ]{{1,24}})?|anyway|as is|as it"
    " is|yet",
    "make": "export|download|render|save|output|exporting|downloading|rendering|saving"
    "|re-?export|re-?download|re-?render|dl",
    "give": "send|give|hand|get|bring|deliver|share|pass|forward|fetch|email|text|shoot|drop"
    "|ship|sending|giving|sharing|getting|passing|delivering|post",
    "show": "show|check|see|view|tell|give|display|get|look up|look at|find out|know|list|print"
    "|see|share|send"
    "|describe|summari[sz]e|recap|read|review|watch|reveal|report|pull up|bring up|let me see"
    "|let me know|check on",
    "coin": "credits?|credit balance|account balance|balance|quota|credits balance|balance of"
    " credits"
    "|credit count|remaining balance|tokens? left",
    "lane": "tracks?|timeline|time line|track list|tracklist|layers|draft|track summary|timeline"
    " summary"
    "|tracks and segments|video tracks|all tracks",
    "state": "status|state|progress|project status|status report|status update|update|overview"
    "|current state"
    "|current status|project state|job status|render status|video status",
    "photo": "photos?|pictures?|images?|pics?|files?|videos?|clips?|songs?|audio(?: files?)?"
    "|jpe?gs?|pngs?"
    "|heics?|media|footage|shots?|snaps?|selfies?|recordings?|material|mp3s?|tracks?"
    "|attachments?|photo album",
    "some": "(?:my|the|these|those|this|that|some|a|an|a few|a couple(?: of)?|few|several|more"
    "|many|new|another|other"
    "|\\d+|one|two|three|four|five|six|seven|eight|nine|ten|all|all my|all the|additional|extra"
    "|bunch of|a bunch of"
    "|couple of|of|vacation|holiday|family|wedding|travel|trip)",
}
"""Words that can stand for each other, by the name that a phrase calls them."""

PHRASES: Final[Mapping[str, tuple[str, ...]]] = {
    "export": (
        "(?:{make})(?: out)?",
        "(?:{make})(?: me| out)? {thing}",
        (
            "(?:save|export|download|render|output) (?:as|to|in) (?:an? )?(?:mp4|file|disk|video|hd"
            "|1080p|4k)(?: file| format)?"
        ),
        (
            "(?:{make}|start|begin|do|make|run|trigger|finish) (?:the |an |my |another )?(?:export"
            "|download|render|rendering|exporting)"
            "(?: of {thing}| process)?"
        ),
        "(?:{give}) (?:me|us|it to me|over|out|back) ?(?:over )?{thing}?",
        "(?:{give}) {thing}(?: over| out| back)?",
        (
            "(?:i|we) (?:want|need|would like|'d like|wanna have|wanna get)(?: to have| to get)? "
            "(?:(?:{which}) (?:{how} )*(?:{film})|(?:an? |the )?(?:mp4|download link|final"
            " (?:{film})))"
        ),
        "(?:can|could|may) (?:i|we) (?:have|get|grab|take|see) (?:{which}) (?:{how} )*(?:{film})",
        (
            "(?:can|could|may) (?:i|we) (?:have|get|grab) (?:it|this|an? mp4|an? copy|the mp4|a"
            " download link|the link)"
        ),
        "(?:have|get|grab) {thing}",
        "where (?:is|'s|are) (?:my|the) (?:{how} )*(?:{film}|download|download link|export)",
        "(?:download|export) (?:link|button|it all)",
        (
            "(?:finali[sz]e|wrap up) (?:it|this|{which} (?:{film}))(?: and (?:export|send|download)"
            " it)?"
        ),
        "(?:(?:it's|it is) )?(?:ready|time) (?:for|to) (?:the )?(?:export|download|render)",
    ),
    "credits": (
        (
            "(?:{show})(?: me| us)?(?: what| how much| about)? ?(?:my|the|our|your"
            "|remaining|current"
            "|account|available"
            "|total|free|left)?(?: (?:remaining|current|account|available|total|free|left))?"
            " ?(?:{coin})"
            "(?: left| remaining| (?:that )?i have(?: left)?| is| are| now| do i have| there are|"
            " status| info)*"
        ),
        (
            "how (?:many|much)(?: more| free| of my| of the)* ?(?:{coin})"
            "(?: (?:do|does|have|has|are|is|i|we|still|got|left|have|remaining|there|remain|my"
            "|account|now|on|in|over"
            "|available|currently|exactly|can|use|spend|did|that|this|cost|used|spent|has|been|it"
            "|already))*"
        ),
        (
            "how (?:much|many) (?:do|have) (?:i|we) (?:still )?(?:have |got )?(?:left|remaining)"
            "(?: (?:in|on) (?:my|the) (?:account|balance))?"
        ),
        (
            "(?:what(?:'s| is| are)|whats) (?:my|the|our|left of my|left in my|left on my)"
            " ?(?:current |remaining "
            "|available |account )*(?:{coin}|account)(?: left| now| at| like| looking like| right"
            " now)*"
        ),
        (
            "what (?:credits|balance) (?:do|have) (?:i|we) (?:have|got|still have)(?: left|"
            " remaining)?"
        ),
        (
            "(?:do|have) (?:i|we) (?:still )?(?:have |got )?(?:any |enough |some |more |free"
            " )*(?:{coin})"
            "(?: left| remaining)?(?: (?:to|for) .{{1,60}})?"
        ),
        (
            "(?:am i|are we|did i run|have i run|will i run) (?:running |getting )?(?:out"
            " of|low on)"
            " (?:{coin})(?: yet)?"
        ),
        (
            "(?:are there |is there )?(?:any|enough) (?:{coin})(?: left| remaining)?(?: (?:to|for)"
            " .{{1,60}})?"
        ),
        (
            "(?:is|are) (?:my|the) (?:{coin}) (?:enough|ok|still ok|low|zero|empty|used up|gone)(?:"
            " .{{1,30}})?"
        ),
    ),
    "status": (
        (
            "(?:{show})(?: me| us| on)?(?: the| my| all| all the| our| current| this|"
            " what's on the|"
            " what is on the"
            "| what's in the| your)*(?: current| latest| whole| full| new)?"
            " (?:{lane}|{state})(?: (?:list|so far|now|we have|i have|of (?:it|(?:the|my|this)"
            " (?:{film}|timeline|job)))"
            "| again| in the (?:{film})| on the timeline)*"
        ),
        (
            "(?:what(?:'s| is)|whats|how is|how's) (?:the|our|my|your)? ?(?:current )?(?:{state}"
            "|{lane})"
            "(?: (?:of|on|for|with) (?:it|(?:the|my|this|our) (?:{film}|timeline|job|draft)))?"
            "(?: now| so far| like| look like| looking| right now)*"
        ),
        (
            "(?:what(?:'s| is)|whats) (?:currently |now )?(?:in|on) (?:the|my|it|our)? ?(?:timeline"
            "|(?:{film})|draft|tracks?)?"
            "(?: now| so far| right now| already| at the moment)*"
        ),
        (
            "what(?: do| does| have| has|'ve)? (?:we|i|you|it)(?: already)? (?:have|got|done|made"
            "|contain|look like)"
            "(?: so far| now| already| right now| until now| on the timeline)*"
        ),
        (
            "(?:(?:{show}) )?(?:what|which) (?:tracks|layers)(?: (?:are|do|does|have|has|there|i"
            "|we|you|it|{which} (?:{film}|timeline)))*"
            "(?: (?:in|on) (?:it|{which} (?:{film}|timeline)))?(?: so far| now)*"
        ),
        (
            "(?:(?:{show}) )?(?:what|which) (?:clips|segments) are(?: there)?"
            " (?:in|on) (?:it|{which} (?:{film}|timeline))(?: so far| now)*"
        ),
        (
            "(?:have|take|get) a (?:quick )?look at {which} (?:{lane})"
            "(?: (?:in|on|of) (?:it|{which} (?:{film}|timeline)))?(?: so far| now)*"
        ),
        (
            "how many (?:tracks|layers|segments|clips)(?: are| do| does)? ?(?:there|i|we|the"
            " (?:{film})|it)?(?: have)?"
            "(?: (?:in|on) (?:it|the (?:{film}|timeline)))?(?: so far| now)*"
        ),
        (
            "(?:how's|how is|how are|hows) (?:it|the (?:{film}|render|export|work|job)|my (?:{film}"
            "|render|project)|everything|things|we)"
            " (?:going|coming along|coming|doing|looking|progressing)(?: so far| now)*"
        ),
        (
            "how far (?:along )?(?:are|is|did|have) (?:you|we|it|the (?:{film})|my (?:{film}))(?:"
            " get| got| come)?(?: with it)?"
        ),
        (
            "(?:where are we|where do we stand|where are you|where were we)(?: at| now| with (?:it"
            "|the (?:{film})))*"
        ),
        (
            "(?:is|are) (?:it|the (?:{film}|render|edit)|my (?:{film}|render)|you|we|this) (?:done"
            "|ready|finished|complete|there"
            "|still (?:working|rendering|running|going|processing))(?: yet| now| already)*"
        ),
        (
            "(?:still working|(?:any|some) (?:progress|update|updates|news)(?: (?:on"
            "|about|with|for)"
            " (?:it|this|(?:my|the|our) (?:{film}|job|render|export)))?|are you still (?:there"
            "|working)(?: on it)?|you done(?: yet)?"
            "|done yet|ready yet|what's (?:happening|going on|up with (?:it|the (?:{film})|my"
            " (?:{film}))))"
        ),
        "(?:what )?stage (?:are we|is it) (?:at|in)|what stage (?:are we|is it) (?:at|in)",
    ),
    "upload": (
        (
            "(?:upload|uploading)(?: (?:{some}))*(?: (?:{photo}))?(?: (?:from (?:my|the|our|this)"
            " [\\w ]{{1,24}}|of mine|first"
            "|for you|to you|it|them|here|to (?:it|this|the (?:project|chat|session)"
            "|nemo)|with you))*"
        ),
        (
            "(?:upload|add|attach|send|share|give)(?: you| in)? (?:{some}"
            " )+(?:{photo})(?: (?:to you"
            "|from (?:my|the|our) [\\w ]{{1,24}}"
            "|here|of mine|first|for you))+"
        ),
        "(?:send|attach|give|show) you (?:{some} )*(?:{photo})",
        (
            "(?:here|there) (?:are|is|come|comes|you go|they are|it is|'s|they come)(?:"
            " (?:{some}))*"
            "(?: (?:{photo}|ones?))?(?: (?:from (?:my|the|our) [\\w ]{{1,30}}|for you|to"
            " use|of mine"
            "|i (?:took|want to use|mentioned)))*"
        ),
        (
            "(?:these|those|this|that|they) (?:are|is|re) (?:the|my|all the|all my|all|some of my"
            "|our) ?(?:{photo})"
            "(?: (?:from (?:my|the|our) [\\w ]{{1,30}}|for you|to use|i (?:took|want to"
            " use|have)))*"
        ),
        (
            "(?:i'm|im|i am|i'll|i will|i) ?(?:sending|send|attaching|attached|attach|uploading"
            "|uploaded|upload|sent|sharing|adding)"
            "(?: you)?(?: (?:{some}))*(?: (?:{photo}))?(?: (?:now|first|here|for you|to you|from"
            " (?:my|the) [\\w ]{{1,24}}))*"
        ),
        (
            "i (?:have|got|'ve got)(?: (?:{some}))+ (?:{photo})(?: (?:for you|to upload|to send|to"
            " add|here|to share))+"
        ),
        "(?:take|use|receive|see|get|find)(?: the)? (?:attached|attachments?)(?: (?:{photo}))?",
        "(?:attached|(?:{photo}) attached|sent)",
    ),
}
"""What asks for an action, where it is a whole message or a whole clause of one."""

BARE: Final[Mapping[str, tuple[str, ...]]] = {
    "export": (
        "(?:{thing})",
        "(?:the |my )?(?:{how} )*(?:mp4|export|download|download link)",
        "(?:downloads?|exports?)",
    ),
    "credits": (
        (
            "(?:my |the |remaining |current |available |account |free )*(?:{coin})(?: left|"
            " remaining| info| check)*"
        ),
    ),
    "status": ("(?:the |my |current |show )*(?:{lane}|{state})(?: check| so far| now)*",),
    "upload": ("(?:{some} )*(?:{photo})", "(?:an? |the |file |photo )*upload"),
}
"""Words that mean an action only where nothing else is said at all."""

FILLERS: Final[tuple[str, ...]] = (
    (
        "(?:ok(?:ay)?|hey|hi|hello|yes|yep|yeah|no|sure|alright|all right|well|great|perfect|good"
        "|nice|cool|awesome|wow"
        "|lovely|amazing|excellent|beautiful|fantastic|wonderful|super|thanks|thx|ty"
        "|thank you|thank"
        " you so much|thanks a lot"
        "|thanks so much|many thanks|please|pls|now|then|finally|done|finished|cheers"
        "|sorry|excuse me"
        "|good job|great job"
        "|nice work|well done|good work|fine|there|nemo|bot|guys|buddy|mate|dear|one more"
        " thing|quick"
        " question|question"
        "|a question|good morning|good evening|good afternoon|hmm|um|uh|oh|btw|by the way"
        "|asap|right"
        " now|in that case"
        "|before (?:i|we) (?:go on|continue|start|begin)|i'm in a hurry|i'm waiting|hurry up|i have"
        " a question)"
    ),
    (
        "(?:i'm|im|i am|we're|we are|i think (?:i'm|we're)) (?:all )?(?:done|finished"
        "|happy|good|set"
        "|ready|satisfied|in a hurry"
        "|curious|wondering)(?: (?:now|here|editing|with (?:it|this|that|the (?:video|edit|result"
        "|editing)|everything)))*"
    ),
    (
        "(?:that's|thats|that is|this is|it's|its|it is|everything is|the video is|all is"
        "|everything)"
        " (?:it|all|great|perfect|good|fine|enough|really|very|so|just|nice|lovely|amazing|awesome"
        "|ready|done|okay|ok|beautiful"
        "|wonderful|exactly|what i (?:want|wanted|need|needed)|everything|good enough| )+(?: (?:now"
        "|then|for (?:me|now|today)|as (?:it )?is))*"
    ),
    (
        "(?:it |that |this |the video |everything |all )?(?:looks|sounds|seems) (?:really |very |so"
        " )?(?:good|great|perfect|fine"
        "|amazing|awesome|nice|lovely|beautiful)(?: to me| now)?"
    ),
    "(?:i )?(?:really )?(?:love|like|enjoy) (?:it|this|that)(?: (?:a lot|so much|very much))?",
    (
        "(?:i'll|i will) take (?:it|that|this)(?: like that| as is)?|just (?:checking(?:"
        " in)?|asking"
        "|wondering|curious)(?: again)?"
    ),
    (
        "(?:my|the) \\w+(?: \\w+)? (?:is|are|'s) (?:waiting|asking|getting impatient)(?: for (?:it"
        "|this|that|me))?|(?:because|since) (?:my|i|the|it) .{{1,60}}"
    ),
    (
        "(?:it's|it is|this is) for (?:my|a|the|our) .{{1,40}}|i (?:need|want) it (?:for|by|before"
        "|today|tomorrow|tonight|now).{{0,40}}"
    ),
    (
        "(?:there are |that makes |that's )?(?:\\d+|one|two|three|four|five|six|seven|eight|nine"
        "|ten)(?: (?:of them|in total|total|photos?|pictures?|images?|files?|pics?))*"
    ),
    (
        "(?:no (?:more|further) (?:changes|edits)(?: needed)?|nothing (?:else|more)|that will do"
        "|that'll do|go ahead|let's go)"
    ),
)
"""Clauses that say nothing of their own."""

LEADS: Final[tuple[str, ...]] = (
    "and then",
    "then",
    "afterwards",
    "after that",
    "finally",
    "when (?:it's|you're|that's) done",
)
"""What shows that a clause is the next step, and not more of the same content."""

TITLING: Final = (
    r"\b(?:titles?|titled|captions?|captioned|subtitles?|texts?|slogans?|says|saying|reads|reading"
    r"|called|named|words?|letters|overlay)\b"
)
"""What shows that content without quotation marks may follow."""

HINTS: Final[Mapping[str, str]] = {
    "export": r"\b(?:export|download|save|share|send|get|post) (?:it|this|that"
    r"|the (?:final |finished )?(?:video|file|mp4|result|clip|slideshow))\b"
    r"|\b(?:i|we) can (?:share|download|post|send)\b|\bas an? (?:mp4|file)\b",
    "credits": r"\b(?:my|our) (?:credits?|balance|account)\b|\bcredits? (?:left|remaining)\b",
    "status": r"\b(?:show me|see|preview|look at) (?:it|this|that"
    r"|the (?:tracks|timeline|result|preview|video))\b",
}
"""Words by which a message speaks of an action for the video at hand."""

REFUSAL: Final = (
    r"\b(?:don't|do not|dont|not|never|no need|without|yet|later|before|until|instead)\b"
)
"""What shows that it speaks of an action only to have it left alone for now."""
