package lawload_test

// badWords is one mistake each in the words that the tiny law does not use, and what a lawyer is told about it.
var badWords = []badLaw{
	{name: "a switch that does not exist", file: courtMain, old: "counts: { switch: first_day }", new: "counts: { switch: fist_day }",
		want: []string{
			`xx/court/2025-01-01.yaml:68:23: there is no switch "fist_day"; was "first_day" meant?`,
		}},
	{name: "a switch with one choice", file: courtMain, old: "choices: [from_day, from_next]", new: "choices: [from_day]",
		want: []string{
			`xx/court/2025-01-01.yaml:12:3: the switch "first_day" needs asks, article and at least two choices`,
		}},
	{name: "a switch whose default is no choice", file: courtMain, old: "default: from_day", new: "default: from_today",
		want: []string{
			`xx/court/2025-01-01.yaml:12:113: there is no choice "from_today"; was "from_day" meant?`,
		}},
	{name: "a switch that asks nothing", file: courtMain, old: "asks: \"Does the day of receipt count?\", ", new: "",
		want: []string{
			`xx/court/2025-01-01.yaml:12:3: the switch "first_day" needs asks, article and at least two choices`,
		}},
	{name: "a switch whose choices are no way of counting", file: courtMain, old: "choices: [from_day, from_next], default: from_day", new: "choices: [early, late], default: early",
		want: []string{
			`xx/court/2025-01-01.yaml:68:23: there is no way of counting "early"; known: from_next, from_moment, from_day`,
			`xx/court/2025-01-01.yaml:68:23: there is no way of counting "late"; known: from_next, from_moment, from_day`,
		}},
	{name: "a switch without its article", file: courtMain, old: "article: Act 2, choices", new: "choices",
		want: []string{
			`xx/court/2025-01-01.yaml:12:3: the switch "first_day" needs asks, article and at least two choices`,
		}},
	{name: "steps of what lapses", file: courtMain, old: "per: person, owed_by: party, met_by: [appeal], breach: lapse", new: "per: person, owed_by: party, met_by: [appeal], breach: { does: lapse, steps: [{ after: 0h, tell: [clerk] }] }",
		want: []string{
			`xx/court/2025-01-01.yaml:97:138: what lapses is nobody's breach: it has no steps`,
		}},
	{name: "a breach without steps", file: courtMain, old: "breach: { does: release, steps: [{ after: 0h, tell: [clerk, chief] }] }", new: "breach: { does: release }",
		want: []string{
			`xx/court/2025-01-01.yaml:87:13: breach: has no steps; say steps: [{ after: 0h, tell: [role] }], or the word alone`,
		}},
	{name: "a breach that does nothing known", file: courtMain, old: "breach: { does: release,", new: "breach: { does: relase,",
		want: []string{
			`xx/court/2025-01-01.yaml:87:21: there is no breach "relase"; was "release" meant?`,
		}},
	{name: "a step to nobody known", file: courtMain, old: "{ after: 2h, escalate: chief }", new: "{ after: 2h, escalate: chieff }",
		want: []string{
			`xx/court/2025-01-01.yaml:75:11: there is no role "chieff"; was "chief" meant?`,
		}},
	{name: "a step that tells and escalates", file: courtMain, old: "{ after: 2h, escalate: chief }", new: "{ after: 2h, escalate: chief, tell: [clerk] }",
		want: []string{
			`xx/court/2025-01-01.yaml:75:11: a step says either tell: or escalate:, and to whom`,
		}},
	{name: "a step without a time unit", file: courtMain, old: "{ after: 2h, escalate: chief }", new: "{ after: 2, escalate: chief }",
		want: []string{
			`xx/court/2025-01-01.yaml:75:20: period "2": want a number and one of min, h, d, wd, mo, y, such as 10d`,
		}},
	{name: "steps that go back in time", file: courtMain, old: "{ after: 1d, escalate: judge }", new: "{ after: 1h, escalate: judge }",
		want: []string{
			`xx/court/2025-01-01.yaml:76:11: the steps stand in the order of time`,
		}},
	{name: "an unknown key of a step", file: courtMain, old: "{ after: 2h, escalate: chief }", new: "{ after: 2h, escalates: chief }",
		want: []string{
			`xx/court/2025-01-01.yaml:75:24: there is no key "escalates"; was "escalate" meant?`,
		}},
	{name: "a term after one that does not exist", file: courtMain, old: "after: { term: appealable }", new: "after: { term: appeal }",
		want: []string{
			`xx/court/2025-01-01.yaml:98:45: there is no term "appeal"; known: answer_in_time, held, held_in_all, appealable, execute_in_time, serve, wait`,
		}},
	{name: "a term after another with a start", file: courtMain, old: "after: { term: appealable }, within: 3d", new: "after: { term: appealable }, within: 3d, starts: judge",
		want: []string{
			`xx/court/2025-01-01.yaml:98:87: a term that runs from the end of another takes its start from that one; leave out starts`,
		}},
	{name: "a term after another without a length", file: courtMain, old: "after: { term: appealable }, within: 3d", new: "after: { term: appealable }",
		want: []string{
			`xx/court/2025-01-01.yaml:98:3: the term "execute_in_time" has no length; say within: 3d`,
		}},
	{name: "terms that run from each other's end", file: courtMain, old: "appealable: { article: Act 6, starts: judge, within: 10d,", new: "appealable: { article: Act 6, after: { term: execute_in_time }, within: 10d,",
		want: []string{
			`xx/court/2025-01-01.yaml:97:3: a cycle of terms: appealable -> execute_in_time -> appealable; one of them must have a length of its own (within:)`,
			`xx/court/2025-01-01.yaml:98:3: a cycle of terms: execute_in_time -> appealable -> execute_in_time; one of them must have a length of its own (within:)`,
		}},
	{name: "an end that is no moment", file: courtMain, old: "starts: judge, until: act.until", new: "starts: judge, until: proceeding.about",
		want: []string{
			`xx/court/2025-01-01.yaml:99:50: the condition cannot be understood: gives a text where a moment is wanted`,
		}},
	{name: "an end that the form does not have", file: courtMain, old: "starts: judge, until: act.until", new: "starts: judge, until: act.untill",
		want: []string{
			`xx/court/2025-01-01.yaml:99:53: the condition cannot be understood: it names "untill", which does not exist; was "until" meant?`,
		}},
	{name: "neither a length nor an end", file: courtMain, old: "serve: { article: Act 7, starts: judge, until: act.until,", new: "serve: { article: Act 7, starts: judge,",
		want: []string{
			`xx/court/2025-01-01.yaml:99:3: the term "serve" has no length; say within: 10d, within: at_once, or before: { term: other, by: 8h }`,
		}},
	{name: "a length for an act that does not start it", file: courtMain, old: "within: { judge: 6mo, ask_early: 1y }", new: "within: { judge: 6mo, ask_early: 1y, appeal: 1y }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:92: appeal does not start the term wait`,
		}},
	{name: "a length that is missing for one act", file: courtMain, old: "within: { judge: 6mo, ask_early: 1y }", new: "within: { judge: 6mo }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:63: within: says nothing for ask_early`,
		}},
	{name: "sums over an unknown kind", file: courtMain, old: "within: 6mo\n    counts: from_moment\n    sums: person\n    per: hold\n    owed_by: clerk\n    met_by: [free]\n    breach", new: "within: 6mo\n    counts: from_moment\n    sums: persons\n    per: hold\n    owed_by: clerk\n    met_by: [free]\n    breach",
		want: []string{
			`xx/court/2025-01-01.yaml:83:11: there is no kind "persons"; was "person" meant?`,
		}},
	{name: "a time of waiting that somebody owes", file: courtMain, old: "bars: [ask_early] }", new: "bars: [ask_early], owed_by: clerk }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:135: the term "wait" is a time of waiting: nobody owes anything`,
		}},
	{name: "a time of waiting that something meets", file: courtMain, old: "bars: [ask_early] }", new: "bars: [ask_early], met_by: [execute] }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:134: the term "wait" is a time of waiting: nothing meets it`,
		}},
	{name: "a time of waiting for an unknown act", file: courtMain, old: "bars: [ask_early] }", new: "bars: [ask_earlier] }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:114: there is no act "ask_earlier"; was "ask_early" meant?`,
		}},
	{name: "repeats neither yes nor no", file: watchMain, old: "repeats: yes", new: "repeats: monthly",
		want: []string{
			`xx/watch/2025-01-01.yaml:23:14: yes or no is wanted here`,
		}},
	{name: "a link without an act", file: courtMain, old: "links: [{ act: take_in, to", new: "links: [{ to",
		want: []string{
			`xx/court/2025-01-01.yaml:61:13: a link says not which act it does; say act: open_representation`,
		}},
	{name: "a link to a field that is no proceeding", file: courtMain, old: "form: { main: proceeding }", new: "form: { main: text }",
		want: []string{
			`xx/court/2025-01-01.yaml:61:33: the field "main" is of type text; to: wants one of type proceeding`,
		}},
	{name: "a link to a field that is not there", file: courtMain, old: "to: act.main,", new: "to: act.mian,",
		want: []string{
			`xx/court/2025-01-01.yaml:61:33: there is no field of the form "mian"; was "main" meant?`,
		}},
	{name: "a link with an unknown key", file: courtMain, old: "carries: [person, hold]", new: "carry: [person, hold]",
		want: []string{
			`xx/court/2025-01-01.yaml:61:77: there is no key "carry"; known: procedure, act, to, when, form, carries`,
		}},
	{name: "a link that carries the case itself", file: courtMain, old: "carries: [person, hold]", new: "carries: [case, person]",
		want: []string{
			`xx/court/2025-01-01.yaml:61:86: the case itself does not go along`,
		}},
	{name: "a link that carries an unknown kind", file: courtMain, old: "carries: [person, hold]", new: "carries: [persons, hold]",
		want: []string{
			`xx/court/2025-01-01.yaml:61:87: there is no kind "persons"; was "person" meant?`,
		}},
	{name: "things that go to another law", file: courtMain, old: "form: { about: act.reasons } }]", new: "form: { about: act.reasons }, carries: [person] }]",
		want: []string{
			`xx/court/2025-01-01.yaml:52:196: things go along only within one procedure, and xx/watch is another`,
		}},
	{name: "a link that fills in what is not there", file: courtMain, old: "form: { from: proceeding.about }", new: "form: { from: proceeding.abuot }",
		want: []string{
			`xx/court/2025-01-01.yaml:61:67: the condition cannot be understood: it names "abuot", which does not exist; was "about" meant?`,
		}},
	{name: "a link under a condition that is none", file: courtMain, old: "when: \"act.reasons != 'none'\"", new: "when: act.reasons",
		want: []string{
			`xx/court/2025-01-01.yaml:52:132: the condition cannot be understood: gives a text where a yes_no is wanted`,
		}},
	{name: "takes an unknown kind", file: courtMain, old: "takes: [person, hold]", new: "takes: [person, holds]",
		want: []string{
			`xx/court/2025-01-01.yaml:62:114: there is no kind "holds"; was "hold" meant?`,
		}},
	{name: "a copy to nobody known", file: courtMain, old: "copies: [chief]", new: "copies: [chef]",
		want: []string{
			`xx/court/2025-01-01.yaml:26:14: there is no role "chef"; was "chief" meant?`,
		}},
	{name: "a fact of the proceeding that it does not have", file: courtMain, old: "sets: { proceeding.held: \"true\" }", new: "sets: { proceeding.hold: \"true\" }",
		want: []string{
			`xx/court/2025-01-01.yaml:39:13: the case has no field "hold"; was "held" meant?`,
		}},
	{name: "a fact of the proceeding of another type", file: courtMain, old: "sets: { proceeding.held: \"true\" }", new: "sets: { proceeding.held: \"act.until\" }",
		want: []string{
			`xx/court/2025-01-01.yaml:39:30: the condition cannot be understood: gives a moment where a yes_no is wanted`,
		}},
	{name: "a currency that is none", file: courtMain, old: "damage: { money: [UZS, USD], optional: true }", new: "damage: { money: [UZS, dollar], optional: true }",
		want: []string{
			`xx/court/2025-01-01.yaml:24:49: "dollar" is no currency; three capital letters, such as UZS or USD`,
		}},
	{name: "a table of places that does not exist", file: courtMain, old: "places: xx", new: "places: yy",
		want: []string{
			`xx/court/2025-01-01.yaml:6:9: there is no table of places "yy"; was "xx" meant?`,
		}},
	{name: "a code of a region that is none", file: courtPlaces, old: "\"1001\":", new: "\"north\":",
		want: []string{
			`places/xx.yaml:2:3: "north" is no code of a region; four digits in quotes, such as "1703"`,
		}},
	{name: "a mark of confidence that is none", file: courtMain, old: "register:\n    article: Act 1", new: "register:\n    confidence: sure\n    article: Act 1",
		want: []string{
			`xx/court/2025-01-01.yaml:21:17: there is no mark of confidence "sure"; known: V, V+, N, M, ?`,
		}},
	{name: "a transition of the first edition", file: courtMain, old: "roles: [chief]", new: "transition: { end: [held] }\nroles: [chief]",
		want: []string{
			`xx/court/2025-01-01.yaml:9:13: the first edition finds no open proceedings`,
		}},
	{name: "the parent of the case itself", file: courtMain, old: "when: \"act.reasons != 'none'\"", new: "when: \"parent.state == 'open'\"",
		want: []string{
			`xx/court/2025-01-01.yaml:52:132: the condition cannot be understood: it names "parent", which does not exist; the form of answer has reasons`,
		}},
	{name: "a state of the parent that there is not", file: courtMain, old: "parent.state == 'accused'", new: "parent.state == 'acused'",
		want: []string{
			`xx/court/2025-01-01.yaml:40:97: parent.state is never "acused"; was "accused" meant?`,
		}},
	{name: "a count below of an unknown state", file: courtMain, old: "below.hold.held == 0", new: "below.hold.hold == 0",
		want: []string{
			`xx/court/2025-01-01.yaml:37:46: the condition cannot be understood: it names "hold", which does not exist; was "hold" meant?`,
		}},
	{name: "the end of an unknown term", file: courtMain, old: "has(due.serve)", new: "has(due.serves)",
		want: []string{
			`xx/court/2025-01-01.yaml:40:113: the condition cannot be understood: it names "serves", which does not exist; was "serve" meant?`,
		}},
	{name: "a period in a condition that is none", file: courtMain, old: "years(thing.born, act.done) >= 18", new: "plus(act.done, '18 years') > act.done",
		want: []string{
			`xx/court/2025-01-01.yaml:36:46: a period is never "18 years"; known: 48h, 10d, 5wd, 3mo, 1y`,
		}},
	{name: "years of a text", file: courtMain, old: "years(thing.born, act.done) >= 18", new: "years(thing.name, act.done) >= 18",
		want: []string{
			`xx/court/2025-01-01.yaml:36:36: the condition cannot be understood: "years" does not go with text and moment`,
		}},
}
