package eventlog

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"nazorat/internal/fault"
)

// Error is a fault of a log: what is wrong, where, and what would mend it.
//
// errors.As also finds a *fault.Error in it, of kind Invalid with the same Key,
// whose Args are those of the Error together with its place.
type Error struct {
	File   string     // as given to Open; empty for a plain reader
	Line   int        // of the uncompressed file, from 1; 0 where no line is to blame
	Offset int64      // bytes of the uncompressed file before the place; of a CSV, before the end of its row
	Trace  string     // the case, as far as it is known
	Event  int        // which event of the case, from 1; 0 where none is to blame
	Key    string     // translation key, "log.…"
	Args   fault.Args // pieces of the log are quoted; "want" of log.malformed is in English
	cause  error
}

// Unwrap returns what the reader below answered, if that was the cause.
func (e *Error) Unwrap() error { return e.cause }

// As makes an Error usable as a *fault.Error.
func (e *Error) As(target any) bool {
	f, ok := target.(**fault.Error)
	if !ok {
		return false
	}
	args := fault.Args{"file": e.File, "line": e.Line, "offset": e.Offset, "trace": e.Trace, "event": e.Event}
	for k, v := range e.Args {
		args[k] = v
	}
	*f = fault.New(fault.Invalid, e.Key, args)
	if e.cause != nil {
		*f = (*f).Because(e.cause)
	}
	return true
}

// english is the text of a key, for logs, tests and the command line where no language was
// chosen. {name} stands for the argument of that name.
//
// Every key that this package uses stands here; a test holds that.
func english(key string) string {
	switch key {
	case "log.truncated":
		return "the log is cut off here, after {whole} whole traces; they were read. Get the complete file"
	case "log.truncated_gzip":
		return "the compressed file is cut off here, after {whole} whole traces; they were read. Get the complete file"
	case "log.truncated_csv":
		return "the compressed file is cut off here, after {rows} rows. None was handed over, since rows of any case may be missing. Get the complete file"
	case "log.damaged_gzip":
		return "the compressed file is damaged, noticed here after {whole} whole traces. Get the file again and do not rely on what was read"
	case "log.read":
		return "the file can't be read further: {reason}"
	case "log.empty":
		return "the file is empty"
	case "log.utf8":
		return "bytes that are not UTF-8: {value}. Save the log as UTF-8, for example with iconv -t UTF-8"
	case "log.encoding":
		return "the log says that it is written in {value}; only UTF-8 is read. Convert it, for example with iconv -t UTF-8, and say so in its first line"
	case "log.control_character":
		return "the control character {value} is not allowed in a log. Remove it"
	case "log.format":
		return "this is neither XES nor CSV. Give a file that ends in .xes, .xes.gz, .csv or .csv.gz; unpack other archives first"
	case "log.folder":
		return "this is a folder. Give a file that ends in .xes, .xes.gz, .csv or .csv.gz"
	case "log.named_xes":
		return "the file is named as XES but holds no XML. Rename it, or give the file that was meant"
	case "log.named_csv":
		return "the file is named as CSV but holds XML. Rename it, or give the file that was meant"
	case "log.long_value":
		return "the value of {name} is longer than {max} bytes. If that is right, raise the bound MaxAttribute"
	case "log.long_name":
		return "a name is longer than {max} bytes. If that is right, raise the bound MaxAttribute"
	case "log.long_tag":
		return "a tag is longer than {max} bytes. If that is right, raise the bound MaxAttribute, half of this"
	case "log.long_row":
		return "a row is longer than {max} bytes. Look for a quotation mark left open; if it is right, raise the bound MaxAttribute, a quarter of this"
	case "log.too_deep":
		return "elements lie more than {max} deep in each other. If that is right, raise the bound MaxDepth"
	case "log.big_trace":
		return "the trace takes more than {max} bytes. If that is right, raise the bound MaxTraceBytes"
	case "log.big_head":
		return "what stands outside of traces takes more than {max} bytes. If that is right, raise the bound MaxTraceBytes"
	case "log.too_many_events":
		return "the trace has more than {max} events. If that is right, raise the bound MaxEvents"

	case "log.doctype":
		return "the log has a document type definition, which is refused: it can make a reader fetch files or fill the memory. Remove <!DOCTYPE …>; XES needs none"
	case "log.entity":
		return "the entity {value} is not known. Only &lt; &gt; &amp; &quot; &apos; and character references are; write the character itself"
	case "log.malformed":
		return "not well-formed XML: {value} where {want} was expected"
	case "log.end_tag":
		return "not well-formed XML: </{value}> where </{want}> was expected"
	case "log.text":
		return "text where XES has none: {value}. Values stand in value=\"…\""
	case "log.element":
		return "<{value}> has no place in <{parent}> of an XES log"
	case "log.element_meant":
		return "<{value}> is no element of an XES log; did you mean <{meant}>?"
	case "log.not_xes":
		return "the root is <{value}>; an XES log begins with <log>"
	case "log.no_key":
		return "<{value}> has no {want}. XES asks for one"

	case "log.no_case":
		return "{want}, by which the case is known, is missing or empty"
	case "log.no_activity":
		return "{want}, the activity, is missing or empty"
	case "log.no_time":
		return "{want}, the moment, is missing or empty"
	case "log.twice":
		return "{value} is given twice. Which one is meant?"
	case "log.kind":
		return "{key} is a <{value}>; it must be a <{want}>"
	case "log.date":
		return "{key} is {value}, which is not a date that exists in the form {want}"
	case "log.zone":
		return "{key} is {value}, which has no offset from UTC. Write one, or say in which time zone the log was written"
	case "log.value":
		return "{key} is {value}, which is not of the kind {want}"
	case "log.event_outside_trace":
		return "an event outside of any trace belongs to no case. Put it into a <trace>"

	case "log.column":
		return "there is no column {value}. The columns are: {columns}"
	case "log.column_meant":
		return "there is no column {value}; did you mean {meant}? The columns are: {columns}"
	case "log.column_twice":
		return "the column {value} is there twice (columns {first} and {second}). Rename one"
	case "log.column_unnamed":
		return "column {value} has no name. Give it one in the first line"
	case "log.column_roles":
		return "the column {value} is asked for twice, as {first} and as {second}. Name another"
	case "log.ragged":
		return "the row has {fields} fields; the first line names {want}. Look for a missing or unquoted {delimiter}"
	case "log.quote":
		return "a quotation mark stands wrong, in column {column}. Put fields with quotation marks into quotation marks and double those within"
	case "log.too_many_rows":
		return "the log has more than {max} rows. If that is right, raise the bound MaxRows, or split the log by cases"
	case "log.too_much_held":
		return "the rows so far take more than {max} bytes of memory. Keep fewer columns, split the log by cases, or raise the bound MaxHeld"
	}
	return key
}

// Error says where and what is wrong and what would mend it, in English.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		b.WriteString(": ")
	}
	var place []string
	if e.Line > 0 {
		place = append(place, fmt.Sprintf("line %d", e.Line))
	}
	if e.Trace != "" {
		place = append(place, "trace "+quoted(e.Trace))
	}
	if e.Event > 0 {
		place = append(place, fmt.Sprintf("event %d", e.Event))
	}
	if len(place) > 0 {
		b.WriteString(strings.Join(place, ", "))
		b.WriteString(": ")
	}
	b.WriteString(fill(english(e.Key), e.Args))
	return b.String()
}

func fill(text string, args fault.Args) string {
	for k, v := range args {
		text = strings.ReplaceAll(text, "{"+k+"}", fmt.Sprint(v))
	}
	return text
}

// quoted shows a piece of the log in an error: short, and harmless on a terminal.
func quoted[T string | []byte](s T) string {
	const most = 60
	cut := len(s) > most
	if cut {
		n := most
		for n > most-utf8.UTFMax && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	q := fmt.Sprintf("%q", string(s))
	if cut {
		q += "…"
	}
	return q
}

// meant is the known word closest to a misspelt one, and nothing where none is close.
func meant(word string, known []string) string {
	fold := strings.NewReplacer("_", "", "-", "", " ", "", ":", "", ".", "")
	low := fold.Replace(strings.ToLower(word))
	best, least := "", len(low)/3+2
	for _, k := range known {
		if d := editDistance(low, fold.Replace(strings.ToLower(k)), least); d < least {
			best, least = k, d
		}
	}
	return best
}

// editDistance is Levenshtein's, in bytes, but answers most once it is sure to reach it.
func editDistance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most || len(a) > 200 {
		return most
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diag := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diag, row[j] = row[j], min(row[j]+1, row[j-1]+1, diag+cost)
		}
	}
	return min(row[len(b)], most)
}
