// htmx under a strict Content-Security-Policy: nothing evaluated, no style
// written into the page, no request to anyone but us.
import htmx from "htmx.org"

htmx.config.allowEval = false
htmx.config.allowScriptTags = false
htmx.config.includeIndicatorStyles = false
htmx.config.selfRequestsOnly = true
htmx.config.historyCacheSize = 0

// The event stream extension looks for htmx there.
window.htmx = htmx
