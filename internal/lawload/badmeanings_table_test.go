package lawload_test

// badMeanings are mistakes in words that are all known: what is written says nothing, or says two things at once.
var badMeanings = []badLaw{
	{name: "an end that is a day or a moment", file: courtMain, old: "serve: { article: Act 7, starts: judge, until: act.until,", new: "serve: { article: Act 7, starts: judge, until: \"act.until > act.done ? act.until : act.done\",",
		want: []string{
			`xx/court/2025-01-01.yaml:99:71: the condition cannot be understood: it gives a day one way and a moment another, and the end of a day is not its beginning`,
		}},
	{name: "a word that is none of the choices", file: courtMain, old: "hold: { of: person, states: [held, ended], final: [ended], fields: { until: date } }\nacts:\n", new: "hold: { of: person, states: [held, ended], final: [ended], fields: { until: date, why: { choice: [flight, harm] } } }\nacts:\n  flee: { article: Act 4, by: [clerk], on: hold, sets: { why: \"has(act.done) ? 'flight' : 'ham'\" } }\n",
		want: []string{
			`xx/court/2025-01-01.yaml:20:63: the field "why" of a hold does not take "ham"; was "harm" meant?`,
		}},
	{name: "a link that fills in a list", file: courtMain, old: "form: { about: act.reasons }", new: "form: { about: \"[act.reasons]\" }",
		want: []string{
			`xx/court/2025-01-01.yaml:52:172: the condition cannot be understood: gives a list(text) where a fact is wanted`,
		}},
	{name: "a switch that gives a choice twice", file: courtMain, old: "choices: [from_day, from_next]", new: "choices: [from_day, from_day]",
		want: []string{
			`xx/court/2025-01-01.yaml:12:92: the choice "from_day" is given twice`,
		}},
	{name: "an end that cannot be given", file: courtMain, old: "    form: { until: { type: date, future: true } }\n  appeal:", new: "    form: { until: date }\n  appeal:",
		want: []string{
			`xx/court/2025-01-01.yaml:99:50: until may not lie after today, and no end could be given by it; say until: { type: date, future: true } in the form of judge`,
		}},
	{name: "sums of no length", file: courtMain, old: "    until: act.until\n    within: 6mo\n    counts: from_moment\n    sums: person", new: "    until: act.until\n    counts: from_moment\n    sums: person",
		want: []string{
			`xx/court/2025-01-01.yaml:81:13: the end of "held" is given, and is not counted; leave out counts, or say within: with the longest allowed`,
			`xx/court/2025-01-01.yaml:82:11: the term "held" has no length that earlier periods could use up; say within: with the longest allowed in all`,
		}},
	{name: "sums over what belongs to it", file: courtMain, old: "serve: { article: Act 7, starts: judge, until: act.until, per: person", new: "serve: { article: Act 7, starts: judge, within: 10d, sums: hold, per: person",
		want: []string{
			`xx/court/2025-01-01.yaml:99:62: the term "serve" runs per person, and a hold is not what that belongs to`,
		}},
	{name: "a given end that begins again", file: courtMain, old: "serve: { article: Act 7, starts: judge, until: act.until,", new: "serve: { article: Act 7, starts: judge, until: act.until, repeats: yes,",
		want: []string{
			`xx/court/2025-01-01.yaml:99:70: the term "serve" begins again without a length to begin with; say within: 1mo, the same for all acts`,
		}},
	{name: "what begins again with two lengths", file: courtMain, old: "within: { judge: 6mo, ask_early: 1y }, per: person, bars: [ask_early]", new: "within: { judge: 6mo, ask_early: 1y }, per: person, owed_by: clerk, met_by: [execute], repeats: yes",
		want: []string{
			`xx/court/2025-01-01.yaml:100:151: the term "wait" begins again without a length to begin with; say within: 1mo, the same for all acts`,
		}},
	{name: "a breach of a time of waiting", file: courtMain, old: "bars: [ask_early] }", new: "bars: [ask_early], breach: escalate }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:134: the term "wait" is a time of waiting: nobody can miss it; leave out breach`,
		}},
	{name: "a time of waiting that nobody may miss", file: courtMain, old: "bars: [ask_early] }", new: "bars: [ask_early], late: refused }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:132: the term "wait" is a time of waiting: nobody can miss it; leave out late`,
		}},
	{name: "a warning before the end of waiting", file: courtMain, old: "bars: [ask_early] }", new: "bars: [ask_early], warn: [3d] }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:132: the term "wait" is a time of waiting: nobody can miss it; leave out warn`,
		}},
	{name: "a time of waiting for nothing", file: courtMain, old: "bars: [ask_early] }", new: "bars: [] }",
		want: []string{
			`xx/court/2025-01-01.yaml:100:113: bars: names no act`,
		}},
	{name: "a duty that no act meets", file: courtMain, old: "met_by: [appeal], breach: lapse", new: "met_by: [], breach: lapse",
		want: []string{
			`xx/court/2025-01-01.yaml:97:98: met_by: names no act`,
		}},
	{name: "a term that no act starts", file: courtMain, old: "serve: { article: Act 7, starts: judge,", new: "serve: { article: Act 7, starts: [],",
		want: []string{
			`xx/court/2025-01-01.yaml:99:36: starts: names no act`,
		}},
	{name: "one link that is no list", file: courtMain, old: "links: [{ act: take_in, to: act.main, form: { from: proceeding.about }, carries: [person, hold] }]", new: "links: { act: take_in, to: act.main, form: { from: proceeding.about }, carries: [person, hold] }",
		want: []string{
			`xx/court/2025-01-01.yaml:61:12: a list is wanted here: [{ act: open_representation, ... }]`,
		}},
	{name: "one step that is no list", file: courtMain, old: "steps: [{ after: 0h, tell: [clerk, chief] }]", new: "steps: { after: 0h, tell: [clerk, chief] }",
		want: []string{
			`xx/court/2025-01-01.yaml:87:13: breach: has no steps; say steps: [{ after: 0h, tell: [role] }], or the word alone`,
			`xx/court/2025-01-01.yaml:87:37: a list is wanted here: [{ after: 0h, tell: [role] }]`,
		}},
	{name: "one condition that is no list", file: courtMain, old: "    when:\n      - { rule: grown_up, if: \"years(thing.born, act.done) >= 18\" }\n      - { rule: one_at_a_time, if: \"below.hold.held == 0\" }", new: "    when: { rule: grown_up, if: \"years(thing.born, act.done) >= 18\" }",
		want: []string{
			`xx/court/2025-01-01.yaml:35:11: a list is wanted here: [{ rule: name, if: "condition" }]`,
		}},
	{name: "a link that is a word", file: courtMain, old: "links: [{ act: take_in, to: act.main, form: { from: proceeding.about }, carries: [person, hold] }]", new: "links: take_in",
		want: []string{
			`xx/court/2025-01-01.yaml:61:12: a list is wanted here: [{ act: open_representation, ... }]`,
		}},
	{name: "what goes along without its person", file: courtMain, old: "carries: [person, hold]", new: "carries: [hold]",
		want: []string{
			`xx/court/2025-01-01.yaml:61:86: a hold would go without the person that it belongs to; carry both`,
		}},
	{name: "what goes along and stays", file: courtMain, old: "    moves: { person: gone }\n", new: "",
		want: []string{
			`xx/court/2025-01-01.yaml:60:86: a hold would go along and stay here too, with its clocks; bring it to a final state by moves:`,
			`xx/court/2025-01-01.yaml:60:86: a person would go along and stay here too, with its clocks; bring it to a final state by moves:`,
		}},
	{name: "a copy ordered twice", file: courtMain, old: "copies: [chief]", new: "copies: [chief, chief]",
		want: []string{
			`xx/court/2025-01-01.yaml:26:21: the copy for "chief" is ordered twice`,
		}},
	{name: "steps in minutes and hours that go back in time", file: courtMain, old: "- { after: 2h, escalate: chief }\n        - { after: 1d, escalate: judge }", new: "- { after: 150min, escalate: chief }\n        - { after: 2h, escalate: judge }",
		want: []string{
			`xx/court/2025-01-01.yaml:76:11: the steps stand in the order of time`,
		}},
	{name: "an end that one act does not give", file: courtMain, old: "serve: { article: Act 7, starts: judge, until: act.until,", new: "serve: { article: Act 7, starts: [judge, appeal], until: { judge: act.until },",
		want: []string{
			`xx/court/2025-01-01.yaml:99:60: until: says nothing for appeal; say until: or within: for it too`,
		}},
	{name: "a given end that rolls", file: courtMain, old: "serve: { article: Act 7, starts: judge, until: act.until,", new: "serve: { article: Act 7, starts: judge, until: act.until, rolls: next_working_day,",
		want: []string{
			`xx/court/2025-01-01.yaml:99:68: the end of "serve" is given, and is not counted; leave out rolls, or say within: with the longest allowed`,
		}},
	{name: "a given end that is added to", file: courtMain, old: "serve: { article: Act 7, starts: judge, until: act.until,", new: "serve: { article: Act 7, starts: judge, until: act.until, extended_by: { appeal: { add: 10d } },",
		want: []string{
			`xx/court/2025-01-01.yaml:99:91: an end that is given has no length to add to; say until: (a moment) or to: (a new total)`,
		}},
	{name: "a given end under a limit that is added to", file: courtMain, old: "until: act.until\n    within: 6mo\n    counts: from_moment\n    sums: person\n", new: "until: act.until\n    within: 6mo\n    counts: from_moment\n    sums: person\n    extended_by: { appeal: { add: 1mo } }\n",
		want: []string{
			`xx/court/2025-01-01.yaml:84:35: an end that is given has no length to add to; say until: (a moment) or to: (a new total)`,
		}},
	{name: "an act that takes its own thing along", file: courtMain, old: "    moves: { case: { from: [open], to: judged } }", new: "    moves: { person: gone }",
		want: []string{
			`xx/court/2025-01-01.yaml:47:14: the person is what the act is done on; say to: with the state that it goes to`,
		}},
	{name: "a term that runs for another thing than the one that it hangs on", file: courtMain, old: "after: { term: appealable }, within: 3d", new: "after: { term: appealable }, per: hold, within: 3d",
		want: []string{
			`xx/court/2025-01-01.yaml:98:72: execute_in_time hangs on appealable, which runs per person; leave out per`,
		}},
	{name: "a condition of what ends before another", file: courtMain, old: "after: { term: appealable }, within: 3d", new: "before: { term: appealable, by: 3d }, when: \"1 == 2\"",
		want: []string{
			`xx/court/2025-01-01.yaml:98:82: a term that ends before another takes its start and its end from that one; leave out when`,
		}},
	{name: "an extension of what ends before another", file: courtMain, old: "after: { term: appealable }, within: 3d", new: "before: { term: appealable, by: 3d }, extended_by: { appeal: { to: 10d } }",
		want: []string{
			`xx/court/2025-01-01.yaml:98:89: a term that ends before another takes its start and its end from that one; leave out extended_by`,
		}},
	{name: "sums of what ends before another", file: courtMain, old: "after: { term: appealable }, within: 3d", new: "before: { term: appealable, by: 3d }, sums: person",
		want: []string{
			`xx/court/2025-01-01.yaml:98:82: a term that ends before another takes its start and its end from that one; leave out sums`,
		}},
	{name: "the end of a day for what ends before another", file: courtMain, old: "after: { term: appealable }, within: 3d", new: "before: { term: appealable, by: 3d }, ends: close_of_business",
		want: []string{
			`xx/court/2025-01-01.yaml:98:82: a term that ends before another takes its start and its end from that one; leave out ends`,
		}},
	{name: "what runs from another's end and starts again", file: courtMain, old: "after: { term: appealable }, within: 3d", new: "after: { term: appealable }, again: each, within: 3d",
		want: []string{
			`xx/court/2025-01-01.yaml:98:74: a term that runs from the end of another takes its start from that one; leave out again`,
		}},
	{name: "what hangs on a term that runs more than once", file: courtMain, old: "appealable: { article: Act 6, starts: judge, within: 10d,", new: "appealable: { article: Act 6, starts: judge, within: 10d, again: each,",
		want: []string{
			`xx/court/2025-01-01.yaml:98:45: appealable may run more than once for one person, and execute_in_time could not tell on which it hangs`,
		}},
	{name: "sums in hours that go on in months", file: courtMain, old: "within: 6mo\n    counts: from_moment\n    sums: person\n    per: hold\n    owed_by: clerk\n    met_by: [free]\n  appealable", new: "within: 48h\n    counts: from_moment\n    sums: person\n    extended_by: { appeal: { to: 6mo } }\n    per: hold\n    owed_by: clerk\n    met_by: [free]\n  appealable",
		want: []string{
			`xx/court/2025-01-01.yaml:94:18: a term in 48h that is stopped or summed cannot go on in 6mo; hours and days are counted apart; give all its lengths in one of them`,
		}},
	{name: "a term per person started by what takes persons over", file: courtMain, old: "serve: { article: Act 7, starts: judge, until: act.until, per: person", new: "serve: { article: Act 7, starts: take_in, within: 3d, per: person",
		want: []string{
			`xx/court/2025-01-01.yaml:99:3: the term serve runs per person, and take_in neither adds one nor is done on one`,
		}},
	{name: "a count below of what it belongs to", file: courtMain, old: "below.hold.held == 0", new: "below.case.open == 0",
		want: []string{
			`xx/court/2025-01-01.yaml:37:41: no case belongs to a person; count.case counts all of the proceeding`,
		}},
	{name: "what comes along to a person", file: courtMain, old: "  appeal: { article: Act 6, by: [party], on: person,", new: "  appeal: { article: Act 6, by: [party], takes: [hold], on: person,",
		want: []string{
			`xx/court/2025-01-01.yaml:49:49: what comes from another proceeding comes to the case: the act must be done on it, or open it`,
		}},
	{name: "a sum in no currency", file: courtMain, old: "damage: { money: [UZS, USD], optional: true }", new: "damage: { money: [], optional: true }",
		want: []string{
			`xx/court/2025-01-01.yaml:24:43: a sum in no currency; say money: [UZS, USD], or the word money alone`,
		}},
	{name: "a code without a capital letter", file: courtMain, old: "codes: { CC: \"Criminal Code\" }", new: "codes: { cc: \"Criminal Code\" }",
		want: []string{
			`xx/court/2025-01-01.yaml:10:10: "cc" is no short name of a code; a word that begins with a capital letter, such as CC`,
		}},
	{name: "a matter escalated to the one who has it", file: courtMain, old: "{ after: 2h, escalate: chief }", new: "{ after: 2h, escalate: officer_in_charge }",
		want: []string{
			`xx/court/2025-01-01.yaml:75:34: a matter is not escalated to the one who has it; tell: [officer_in_charge]`,
		}},
	{name: "a step that tells nobody", file: courtMain, old: "{ after: 0h, tell: [clerk] }", new: "{ after: 0h, tell: [] }",
		want: []string{
			`xx/court/2025-01-01.yaml:74:11: a step says to whom; tell: [role], or escalate: role`,
		}},
}
