// What a live page needs beyond the others: the stream of events that replaces
// its parts. A page that is not live does without.
import "./htmx.js"
import "htmx-ext-sse"
