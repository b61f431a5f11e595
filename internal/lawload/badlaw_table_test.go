package lawload_test

// badLaws is one mistake each, and what a lawyer is told about it.
var badLaws = []badLaw{
	{name: "an unknown state", file: tinyPart, old: "    to: closed\n", new: "    to: close\n",
		want: []string{
			`xx/tiny/part.yaml:29:9: the matter has no state "close"; was "closed" meant?`,
		}},
	{name: "an unknown state in from", file: tinyPart, old: "    from: [open]\n    adds", new: "    from: [open, pending]\n    adds",
		want: []string{
			`xx/tiny/part.yaml:6:18: the matter has no state "pending"; known: open, closed`,
		}},
	{name: "a presence that nobody can ask for", file: tinyPart, old: "    to: closed\n", new: "    to: closed\n    presence: yes\n",
		want: []string{
			`xx/tiny/part.yaml:30:15: presence: "yes" is nothing that can be asked for; presence: required, or left out`,
		}},
	{name: "an unknown kind", file: tinyPart, old: "    on: party\n", new: "    on: partie\n",
		want: []string{
			`xx/tiny/part.yaml:14:9: there is no kind "partie"; was "party" meant?`,
		}},
	{name: "an unknown role", file: tinyPart, old: "    owed_by: clerk\n", new: "    owed_by: clark\n",
		want: []string{
			`xx/tiny/part.yaml:45:14: there is no role "clark"; was "clerk" meant?`,
		}},
	{name: "an unknown act in met_by", file: tinyMain, old: "met_by: [finish]", new: "met_by: [finnish]",
		want: []string{
			`xx/tiny/2025-01-01.yaml:39:14: there is no act "finnish"; was "finish" meant?`,
		}},
	{name: "an unknown act that starts a term", file: tinyPart, old: "starts: admit", new: "starts: admits",
		want: []string{
			`xx/tiny/part.yaml:41:13: there is no act "admits"; was "admit" meant?`,
		}},
	{name: "an unknown act in extended_by", file: tinyMain, old: "{ prolong: { to: 1mo } }", new: "{ extend: { to: 1mo } }",
		want: []string{
			`xx/tiny/2025-01-01.yaml:40:20: there is no act "extend"; known: begin, admit, hear, prolong, finish`,
		}},
	{name: "an unknown key", file: tinyPart, old: "    before: {", new: "    befor: {",
		want: []string{
			`xx/tiny/part.yaml:35:5: there is no key "befor"; was "before" meant?`,
		}},
	{name: "an unknown key at the top", file: tinyMain, old: "currency: UZS", new: "curency: UZS",
		want: []string{
			`xx/tiny/2025-01-01.yaml:5:1: there is no key "curency"; was "currency" meant?`,
		}},
	{name: "an unknown key of an extension", file: tinyMain, old: "prolong: { to: 1mo }", new: "prolong: { upto: 1mo }",
		want: []string{
			`xx/tiny/2025-01-01.yaml:40:31: there is no key "upto"; was "to" meant?`,
		}},
	{name: "an unknown type", file: tinyMain, old: "urgent: yes_no", new: "urgent: yesno",
		want: []string{
			`xx/tiny/2025-01-01.yaml:25:34: there is no type "yesno"; was "yes_no" meant?`,
		}},
	{name: "an unknown breach", file: tinyPart, old: "breach: lapse", new: "breach: laps",
		want: []string{
			`xx/tiny/part.yaml:37:13: there is no breach "laps"; was "lapse" meant?`,
		}},
	{name: "an unknown way of counting", file: tinyPart, old: "counts: from_moment", new: "counts: from_now",
		want: []string{
			`xx/tiny/part.yaml:43:13: there is no way of counting "from_now"; known: from_next, from_moment, from_day`,
		}},
	{name: "an unknown way of rolling", file: tinyMain, old: "rolls: next_working_day", new: "rolls: next_workday",
		want: []string{
			`xx/tiny/2025-01-01.yaml:37:12: there is no way of rolling "next_workday"; was "next_working_day" meant?`,
		}},
	{name: "a field set that the kind does not have", file: tinyMain, old: "sets: { about: act.about }", new: "sets: { abaut: act.about }",
		want: []string{
			`xx/tiny/2025-01-01.yaml:28:13: the matter has no field "abaut"; was "about" meant?`,
		}},
	{name: "a moved kind that does not exist", file: tinyPart, old: "    to: closed\n", new: "    to: closed\n    moves: { partie: heard }\n",
		want: []string{
			`xx/tiny/part.yaml:30:14: there is no kind "partie"; was "party" meant?`,
		}},
	{name: "a name given twice in one file", file: tinyPart, old: "  hear:\n", new: "  admit:\n",
		want: []string{
			`xx/tiny/part.yaml:11:3: "admit" is given twice; it stands in line 2 too`,
		}},
	{name: "a name given twice in two files", file: tinyPart, old: "  hear:\n", new: "  begin:\n",
		want: []string{
			`xx/tiny/part.yaml:11:3: "begin" is given twice in this edition; it stands at xx/tiny/2025-01-01.yaml:21 too`,
		}},
	{name: "a key given twice", file: tinyPart, old: "    article: Act 6\n", new: "    article: Act 6\n    article: Act 7\n",
		want: []string{
			`xx/tiny/part.yaml:26:5: "article" is given twice; it stands in line 25 too`,
		}},
	{name: "a state given twice", file: tinyMain, old: "[open, closed]", new: "[open, closed, open]",
		want: []string{
			`xx/tiny/2025-01-01.yaml:13:28: the state "open" is given twice`,
		}},
	{name: "a field with a reserved name", file: tinyMain, old: "fields: { about: text }", new: "fields: { state: text }",
		want: []string{
			`xx/tiny/2025-01-01.yaml:15:15: a field cannot be called "state"; every act has done and recorded, every thing has state and since`,
		}},
	{name: "terms that end before each other", file: tinyMain, old: "    starts: begin\n    at: act.asked_at\n    within: 10d\n    rolls: next_working_day\n", new: "    before: { term: ask_to_prolong, by: 1d }\n",
		want: []string{
			"xx/tiny/2025-01-01.yaml:32:3: a cycle of terms: answer -> ask_to_prolong -> answer; one of them must have a length of its own (within:)",
			"xx/tiny/2025-01-01.yaml:37:18: a term that ends before another takes its start and its end from that one; leave out extended_by",
			"xx/tiny/part.yaml:33:3: a cycle of terms: ask_to_prolong -> answer -> ask_to_prolong; one of them must have a length of its own (within:)",
		}},
	{name: "a term that ends before itself", file: tinyPart, old: "term: answer,", new: "term: ask_to_prolong,",
		want: []string{
			"xx/tiny/part.yaml:33:3: a cycle of terms: ask_to_prolong -> ask_to_prolong; one of them must have a length of its own (within:)",
		}},
	{name: "kinds that belong to each other", file: tinyMain, old: "  party:\n", new: "  paper: { of: copy, states: [new] }\n  copy: { of: paper, states: [new] }\n  party:\n",
		want: []string{
			`xx/tiny/2025-01-01.yaml:16:3: the kind "paper" belongs, in the end, to itself`,
		}},
	{name: "a proceeding that belongs to something", file: tinyMain, old: "    states: [open, closed]\n", new: "    of: party\n    states: [open, closed]\n",
		want: []string{
			"xx/tiny/2025-01-01.yaml:13:9: the first kind is the proceeding itself and belongs to nothing",
		}},
	{name: "a form field used and not declared", file: tinyMain, old: "has(act.applicant)", new: "has(act.aplicant)",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:39: the condition cannot be understood: it names "aplicant", which does not exist; was "applicant" meant?`,
		}},
	{name: "a form field used and not declared, far from any", file: tinyMain, old: "has(act.applicant)", new: "has(act.weather)",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:39: the condition cannot be understood: it names "weather", which does not exist; the form of begin has about, urgent, size, asked_at, applicant`,
		}},
	{name: "a kind's field used and not declared", file: tinyMain, old: "has(act.applicant)", new: "proceeding.abut == 'x'",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:46: the condition cannot be understood: it names "abut", which does not exist; was "about" meant?`,
		}},
	{name: "a variable that does not exist", file: tinyMain, old: "has(act.applicant)", new: "acts.urgent",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:36: the condition cannot be understood: it names "acts", which does not exist; was "act" meant?`,
		}},
	{name: "a count of a state that does not exist", file: tinyMain, old: "has(act.applicant)", new: "count.party.herd == 0",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:47: the condition cannot be understood: it names "herd", which does not exist; was "heard" meant?`,
		}},
	{name: "a running term that does not exist", file: tinyMain, old: "has(act.applicant)", new: "!running.answr",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:44: the condition cannot be understood: it names "answr", which does not exist; was "answer" meant?`,
		}},
	{name: "a condition that does not compile", file: tinyMain, old: "has(act.applicant)", new: "act.urgent &&",
		want: []string{
			"xx/tiny/2025-01-01.yaml:27:49: the condition cannot be understood: it ends too early",
		}},
	{name: "a condition that compares unlike things", file: tinyMain, old: "has(act.applicant)", new: "act.urgent == 'yes'",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:47: the condition cannot be understood: "==" does not go with yes_no and text`,
		}},
	{name: "a condition of the wrong type", file: tinyMain, old: "has(act.applicant)", new: "act.size",
		want: []string{
			"xx/tiny/2025-01-01.yaml:27:36: the condition cannot be understood: gives a text where a yes_no is wanted",
		}},
	{name: "a starting moment that is no moment", file: tinyMain, old: "at: act.asked_at", new: "at: act.size",
		want: []string{
			"xx/tiny/2025-01-01.yaml:35:9: the condition cannot be understood: gives a text where a moment is wanted",
		}},
	{name: "a value of the wrong type", file: tinyMain, old: "sets: { about: act.about }", new: "sets: { about: act.urgent }",
		want: []string{
			"xx/tiny/2025-01-01.yaml:28:20: the condition cannot be understood: gives a yes_no where a text is wanted",
		}},
	{name: "a choice that the field does not have", file: tinyMain, old: "has(act.applicant)", new: "act.size == 'larg' || 'tiny' != act.size",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:48: act.size is never "larg"; was "large" meant?`,
			`xx/tiny/2025-01-01.yaml:27:58: act.size is never "tiny"; known: small, large`,
		}},
	{name: "a state that the proceeding does not have", file: tinyMain, old: "has(act.applicant)", new: "proceeding.state in ['open', 'close']",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:65: proceeding.state is never "close"; was "closed" meant?`,
		}},
	{name: "a role that nobody has", file: tinyMain, old: "has(act.applicant)", new: "officer.role == 'cleck'",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:52: officer.role is never "cleck"; was "clerk" meant?`,
		}},
	{name: "a word too many in a condition", file: tinyMain, old: "has(act.applicant)", new: "act.urgent act.size",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:47: the condition cannot be understood: "act" does not belong here`,
		}},
	{name: "a bracket that is not closed", file: tinyMain, old: "has(act.applicant)", new: "(act.urgent",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:47: the condition cannot be understood: ")" is missing here`,
		}},
	{name: "a condition on a second line", file: tinyMain, old: `if: "has(act.applicant)"`, new: "if: \"act.urgent ||\n          act.urgnt\"",
		want: []string{
			`xx/tiny/2025-01-01.yaml:27:53: the condition cannot be understood: it names "urgnt", which does not exist; was "urgent" meant?`,
		}},
	{name: "a condition for an act that does not start the term", file: tinyMain, old: "at: act.asked_at", new: "at: { hear: act.asked_at }",
		want: []string{
			"xx/tiny/2025-01-01.yaml:35:11: hear does not start the term answer",
		}},
	{name: "a check without if", file: tinyMain, old: `, if: "has(act.applicant)"`, new: "",
		want: []string{
			"xx/tiny/2025-01-01.yaml:27:9: when: a condition needs if:",
		}},
	{name: "a tab", file: tinyPart, old: "    on: party\n", new: "\ton: party\n",
		want: []string{
			"xx/tiny/part.yaml:14: a tab stands in this line; use blanks",
		}},
	{name: "a brace that is not closed", file: tinyPart, old: "{ term: answer, by: 2d }", new: "{ term: answer, by: 2d",
		want: []string{
			"xx/tiny/part.yaml:35: what begins with { does not end; end it with }",
		}},
	{name: "a colon in a text", file: tinyPart, old: "    article: Act 6\n", new: "    article: Act 6: closing\n",
		want: []string{
			"xx/tiny/part.yaml:25: a colon stands where none can; put the text in quotes, or begin a new line",
		}},
	{name: "a bracket of a list that is not closed", file: tinyPart, old: "by: [chief]", new: "by: [chief",
		want: []string{
			"xx/tiny/part.yaml:20: a list begun with [ does not end; end it with ]",
		}},
	{name: "wrong indentation", file: tinyPart, old: "    on: party\n", new: "   on: party\n",
		want: []string{
			"xx/tiny/part.yaml:14: this line does not begin where its neighbours begin; what stands together begins after the same number of blanks",
		}},
	{name: "a list where lines are wanted", file: tinyMain, old: "kinds:\n  matter:", new: "kinds: [matter]\nother:\n  matter:",
		want: []string{
			`xx/tiny/2025-01-01.yaml:11:8: lines of "name: value" are wanted here`,
			`xx/tiny/2025-01-01.yaml:12:1: there is no key "other"`,
		}},
	{name: "a mapping where a list is wanted", file: tinyPart, old: "from: [open]\n    adds", new: "from: { open: true }\n    adds",
		want: []string{
			"xx/tiny/part.yaml:6:11: a list is wanted here: [one, two]",
		}},
	{name: "an alias", file: tinyMain, old: "by: [clerk]\n    opens", new: "by: &who [clerk]\n    opens",
		want: []string{
			"xx/tiny/2025-01-01.yaml:23:9: a law file says everything in full: no &name and *name",
		}},
	{name: "an alias bomb", file: tinyMain, old: "include: [part.yaml]", new: "include: [part.yaml]\na: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]",
		want: []string{
			"xx/tiny/2025-01-01.yaml:10:4: a law file says everything in full: no &name and *name",
		}},
	{name: "no article", file: tinyPart, old: "    article: Act 6\n", new: "",
		want: []string{
			`xx/tiny/part.yaml:24:3: the act "finish" names no article`,
		}},
	{name: "no article of a term", file: tinyPart, old: "    article: Act 4\n    starts", new: "    starts",
		want: []string{
			`xx/tiny/part.yaml:39:3: the term "hear_party" names no article`,
		}},
	{name: "an article of an act of law not cited", file: tinyPart, old: "article: Act 6", new: "article: Akt 6",
		want: []string{
			`xx/tiny/part.yaml:25:14: "Akt 6" begins with no act of law named under cites; was "Act" meant?`,
		}},
	{name: "an article of an extension not cited", file: tinyMain, old: "{ to: 1mo }", new: "{ to: 1mo, article: Law 3 }",
		want: []string{
			`xx/tiny/2025-01-01.yaml:40:49: "Law 3" begins with no act of law named under cites; known: Act`,
		}},
	{name: "a bad period", file: tinyMain, old: "within: 10d", new: "within: ten days",
		want: []string{
			`xx/tiny/2025-01-01.yaml:36:13: period "ten days": want a number and one of min, h, d, wd, mo, y, such as 10d`,
		}},
	{name: "a period in weeks", file: tinyMain, old: "within: 10d", new: "within: 2w",
		want: []string{
			`xx/tiny/2025-01-01.yaml:36:13: period "2w": want a number and one of min, h, d, wd, mo, y, such as 10d`,
		}},
	{name: "a bad period of warning", file: tinyMain, old: "warn: [1d]", new: "warn: [1d, soon]",
		want: []string{
			`xx/tiny/2025-01-01.yaml:41:16: period "soon": want a number and one of min, h, d, wd, mo, y, such as 10d`,
		}},
	{name: "a term that nothing starts", file: tinyPart, old: "    starts: admit\n", new: "",
		want: []string{
			`xx/tiny/part.yaml:39:3: nothing starts the term "hear_party"; say starts: act`,
		}},
	{name: "a term that nothing meets", file: tinyPart, old: "    met_by: [hear]\n", new: "",
		want: []string{
			`xx/tiny/part.yaml:39:3: nothing meets the term "hear_party"; say met_by: [act]`,
		}},
	{name: "a term without a length", file: tinyMain, old: "    within: 10d\n", new: "",
		want: []string{
			`xx/tiny/2025-01-01.yaml:32:3: the term "answer" has no length; say within: 10d, within: at_once, or before: { term: other, by: 8h }`,
		}},
	{name: "a term that nobody owes", file: tinyPart, old: "    owed_by: clerk\n", new: "",
		want: []string{
			`xx/tiny/part.yaml:39:3: nobody owes the term "hear_party"; say owed_by: officer_in_charge, or a role`,
		}},
	{name: "a term before another with a length of its own", file: tinyPart, old: "    before: { term: answer, by: 2d }\n", new: "    before: { term: answer, by: 2d }\n    within: 3d\n",
		want: []string{
			"xx/tiny/part.yaml:36:13: a term that ends before another takes its start and its end from that one; leave out within",
		}},
	{name: "a term before another that does not exist", file: tinyPart, old: "term: answer", new: "term: anwser",
		want: []string{
			`xx/tiny/part.yaml:35:21: there is no term "anwser"; was "answer" meant?`,
		}},
	{name: "a term before another without how long", file: tinyPart, old: "{ term: answer, by: 2d }", new: "{ term: answer }",
		want: []string{
			"xx/tiny/part.yaml:35:13: before: says not how long before; say before: { term: answer, by: 8h }",
		}},
	{name: "an extension that says two things", file: tinyMain, old: "{ to: 1mo }", new: "{ to: 1mo, add: 5d }",
		want: []string{
			"xx/tiny/2025-01-01.yaml:40:20: an extension says one of to: (a new total), add: (so much more), until: (a moment)",
		}},
	{name: "an extension that says nothing", file: tinyMain, old: "{ to: 1mo }", new: "{ article: Act 5 }",
		want: []string{
			"xx/tiny/2025-01-01.yaml:40:20: an extension says one of to: (a new total), add: (so much more), until: (a moment)",
		}},
	{name: "an extension given too often", file: tinyMain, old: "{ to: 1mo }", new: "{ add: 1mo, times: many }",
		want: []string{
			"xx/tiny/2025-01-01.yaml:40:48: times: want a number from 1 to 1000",
		}},
	{name: "a clock that stops and never goes on", file: tinyMain, old: "    warn: [1d]", new: "    stopped_by: [admit]\n    warn: [1d]",
		want: []string{
			"xx/tiny/2025-01-01.yaml:32:3: the clock of answer can be stopped and not go on, or the other way round; say both stopped_by and resumed_by",
		}},
	{name: "a term per thing that its start does not have", file: tinyPart, old: "    starts: admit\n", new: "    starts: prolong\n",
		want: []string{
			"xx/tiny/part.yaml:39:3: the term hear_party runs per party, and prolong neither adds one nor is done on one",
		}},
	{name: "an act that nobody may do", file: tinyPart, old: "    by: [chief]\n", new: "",
		want: []string{
			`xx/tiny/part.yaml:18:3: nobody may do the act "prolong"; say by: [role]`,
		}},
	{name: "an act that opens and is done on something", file: tinyMain, old: "    opens: matter\n", new: "    opens: matter\n    on: matter\n",
		want: []string{
			"xx/tiny/2025-01-01.yaml:25:9: an act that opens a proceeding is done on nothing before it",
		}},
	{name: "an act that opens the wrong kind", file: tinyMain, old: "opens: matter", new: "opens: party",
		want: []string{
			"xx/tiny/2025-01-01.yaml:24:12: an act opens a matter; a party is added to it",
		}},
	{name: "no act that opens", file: tinyMain, old: "    opens: matter\n", new: "",
		want: []string{
			"xx/tiny/2025-01-01.yaml:2:1: no act opens a matter; one act says opens: matter",
		}},
	{name: "an act that adds the proceeding", file: tinyPart, old: "adds: party", new: "adds: matter",
		want: []string{
			"xx/tiny/part.yaml:7:11: a matter is opened, not added",
		}},
	{name: "a state for a thing that is not added", file: tinyPart, old: "    on: party\n", new: "    on: party\n    adds_state: known\n",
		want: []string{
			"xx/tiny/part.yaml:15:17: adds_state without adds",
		}},
	{name: "moves without to", file: tinyPart, old: "    to: closed\n", new: "    to: closed\n    moves: { party: { from: known } }\n",
		want: []string{
			"xx/tiny/part.yaml:30:14: moves party: to is missing",
		}},
	{name: "a choice of nothing", file: tinyMain, old: "choice: [small, large]", new: "choice: []",
		want: []string{
			"xx/tiny/2025-01-01.yaml:25:58: a choice of nothing",
		}},
	{name: "a field without a type", file: tinyMain, old: "size: { choice: [small, large] }", new: "size: { optional: true }",
		want: []string{
			`xx/tiny/2025-01-01.yaml:25:42: the field "size" has no type; say type: text, or choice: [one, two]`,
		}},
	{name: "a shape that there is not", file: tinyPart, old: "form: { note: text }", new: "form: { note: { type: text, shape: telephon } }",
		want: []string{
			`xx/tiny/part.yaml:22:40: there is no shape "telephon"; was "telephone" meant?`,
		}},
	{name: "a shape of what is no text", file: tinyPart, old: "form: { note: text }", new: "form: { note: { type: number, shape: email } }",
		want: []string{
			`xx/tiny/part.yaml:22:42: shape: says how a text must look, and the field "note" is none; say type: text`,
		}},
	{name: "a text longer than any", file: tinyPart, old: "form: { note: text }", new: "form: { note: { type: text, most: 1000000 } }",
		want: []string{
			"xx/tiny/part.yaml:22:39: most: want a number of letters from 1 to 10000",
		}},
	{name: "neither yes nor no", file: tinyPart, old: "form: { note: text }", new: "form: { note: { type: text, optional: maybe } }",
		want: []string{
			"xx/tiny/part.yaml:22:43: yes or no is wanted here",
		}},
	{name: "in_force that is not the file's name", file: tinyMain, old: "in_force: 2025-01-01", new: "in_force: 2025-02-01",
		want: []string{
			"xx/tiny/2025-01-01.yaml:3:11: in_force is 2025-02-01, the file is named 2025-01-01.yaml; rename the file to 2025-02-01.yaml",
		}},
	{name: "in_force that is no date", file: tinyMain, old: "in_force: 2025-01-01", new: "in_force: soon",
		want: []string{
			`xx/tiny/2025-01-01.yaml:3:11: in_force: date "soon": want YYYY-MM-DD`,
		}},
	{name: "another procedure's file", file: tinyMain, old: "procedure: xx/tiny", new: "procedure: xx/tinny",
		want: []string{
			`xx/tiny/2025-01-01.yaml:2:12: the folder is xx/tiny, the file says procedure: "xx/tinny"`,
		}},
	{name: "based on an edition that does not exist", file: tinyMain, old: "days: xx", new: "based_on: 2024-01-01\ndays: xx",
		want: []string{
			`xx/tiny/2025-01-01.yaml:4:11: there is no earlier edition "2024-01-01"`,
		}},
	{name: "an include that does not exist", file: tinyMain, old: "[part.yaml]", new: "[part.yaml, parts.yaml]",
		want: []string{
			`xx/tiny/2025-01-01.yaml:9:22: there is no file "parts.yaml" beside this one; was "part.yaml" meant?`,
		}},
	{name: "something taken out that was never there", file: tinyPart, old: "  hear:\n", new: "  sign: ~\n\n  hear:\n",
		want: []string{
			`xx/tiny/part.yaml:11:3: "sign" is taken out, but no earlier edition has it`,
		}},
	{name: "a number with an unknown part", file: tinyMain, old: "{seq:6}", new: "{serial:6}",
		want: []string{
			"xx/tiny/2025-01-01.yaml:6:9: number: there is no {serial}; known: {office}, {year}, {seq:6}",
		}},
	{name: "a number with an open brace", file: tinyMain, old: "{seq:6}", new: "{seq:6",
		want: []string{
			`xx/tiny/2025-01-01.yaml:6:9: number: "{office}-{year}-{seq:6" lacks a closing brace`,
		}},
	{name: "an edition without kinds", file: tinyMain, old: "kinds:\n  matter:\n    states: [open, closed]\n    final: [closed]\n    fields: { about: text }\n  party:\n    states: [known, heard]\n    fields: { name: person }\n", new: "",
		want: []string{
			"xx/tiny/2025-01-01.yaml:2:1: an edition needs kinds and acts",
		}},
	{name: "an unknown table of days", file: tinyMain, old: "days: xx", new: "days: xy",
		want: []string{
			`xx/tiny/2025-01-01.yaml:4:7: there is no table of days off "xy"; was "xx" meant?`,
		}},
	{name: "no table of days", file: tinyMain, old: "days: xx\n", new: "",
		want: []string{
			"xx/tiny/2025-01-01.yaml:2:1: days: is missing; name a table of calendars/, such as days: uz",
		}},
	{name: "an unknown zone", file: tinyDays, old: "Asia/Tashkent", new: "Asia/Tashkend",
		want: []string{
			`calendars/xx.yaml:1:7: unknown time zone "Asia/Tashkend"`,
		}},
	{name: "an unknown day of the week", file: tinyDays, old: "[saturday, sunday]", new: "[saturday, sonday]",
		want: []string{
			`calendars/xx.yaml:2:21: there is no day of the week "sonday"; was "monday" meant?`,
		}},
	{name: "a closing time that is none", file: tinyDays, old: `"18:00"`, new: `"6 pm"`,
		want: []string{
			`calendars/xx.yaml:3:9: closes: want a time such as "18:00"`,
		}},
	{name: "a missing year", file: tinyDays, old: "  2026:", new: "  2027:",
		want: []string{
			"calendars/xx.yaml:10:3: the year 2027 does not follow 2025; years stand in order, none left out: a day without data must not look like a working day",
			`calendars/xx.yaml:12:12: "2026-01-01" is no date of 2027`,
		}},
	{name: "a day off in another year", file: tinyDays, old: "2026-01-01: new_year", new: "2027-01-01: new_year",
		want: []string{
			`calendars/xx.yaml:12:12: "2027-01-01" is no date of 2026`,
		}},
	{name: "a day that is off and worked", file: tinyDays, old: "    off: { 2026-01-01: new_year }", new: "    off: { 2026-01-01: new_year }\n    work: [2026-01-01]",
		want: []string{
			"calendars/xx.yaml:13:12: 2026-01-01 is off and a working day as well",
		}},
	{name: "a working day outside the years", file: tinyDays, old: "    off: { 2026-01-01: new_year }", new: "    off: { 2026-01-01: new_year }\n    work: [2031-01-04]",
		want: []string{
			`calendars/xx.yaml:13:12: "2031-01-04" is no date of 2026`,
		}},
	{name: "a holiday without a name", file: tinyDays, old: "2026-01-01: new_year", new: "2026-01-01: new_yaer",
		want: []string{
			`calendars/xx.yaml:12:24: there is no holiday "new_yaer"; was "new_year" meant?`,
		}},
	{name: "a length that no form says", file: tinyPart, old: "    within: 24h\n", new: "    length: { days: days }\n",
		want: []string{
			`xx/tiny/part.yaml:42:13: the form of admit, which starts the term "hear_party", says nothing of its length; give it a field of type number that length: names`,
		}},
	{name: "a length that a text says", file: tinyPart, old: "    within: 24h\n", new: "    length: { days: name }\n",
		want: []string{
			`xx/tiny/part.yaml:42:21: the field "name" of admit is of type person; a length is said by numbers`,
		}},
	{name: "a share of nothing", file: tinyPart, old: "    within: 24h\n", new: "    within: 24h\n    share: 3/2\n",
		want: []string{
			`xx/tiny/part.yaml:43:12: 3/2 is more than the whole`,
			`xx/tiny/part.yaml:43:12: a share is a part of a length that a form says, and the term "hear_party" has none; say length: too`,
		}},
	{name: "a ratio that is none", file: tinyPart, old: "    within: 24h\n", new: "    within: 24h\n    credits: [{ kind: party, states: { heard: half, herd: 1 } }]\n",
		want: []string{
			`xx/tiny/part.yaml:43:47: "half" is no fraction; such as 1, 3 or 2/3, of numbers up to 100`,
			`xx/tiny/part.yaml:43:53: the party has no state "herd"; was "heard" meant?`,
		}},
	{name: "credits of another term that has none", file: tinyPart, old: "    within: 24h\n", new: "    within: 24h\n    credits: answer\n",
		want: []string{
			`xx/tiny/part.yaml:43:14: nothing counts toward the term "answer" that was before it began`,
		}},
	{name: "an end without a beginning", file: tinyPart, old: "    within: 24h\n", new: "    within: 24h\n    credits: [{ kind: party, ends: name, states: { heard: 1 } }]\n",
		want: []string{
			`xx/tiny/part.yaml:43:36: the field "name" is of type person; a moment or a date is wanted here`,
		}},
	{name: "an appointment on no moment", file: tinyPart, old: "form: { name: person }", new: "form: { name: { type: person, appoints: 1h } }",
		want: []string{
			`xx/tiny/part.yaml:8:45: something is appointed for a moment that lies ahead, and the field "name" is none; say type: moment, future: true`,
		}},
}
