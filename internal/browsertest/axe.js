// Runs axe-core on the page. Its rule of contrast, which takes most of its time, asks no text of which one that is alike has passed: passed are the
// numbers of those. It gives back what it found, and the numbers of the texts that passed now.
async (passed) => {
	const seen = new Set(passed), now = new Set();
	const number = (...parts) => {
		const s = parts.join("|");
		let a = 0xdeadbeef, b = 0x41c6ce57;
		for (let i = 0; i < s.length; i++) {
			const c = s.charCodeAt(i);
			a = Math.imul(a ^ c, 2654435761);
			b = Math.imul(b ^ c, 1597334677);
		}
		a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
		b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
		return 4294967296 * (2097151 & b) + (a >>> 0);
	};
	// What an element and those that it lies in put behind a text: how they are painted, whether they are open, disabled or inert, and that by
	// which the style finds them, for it may paint before and after them too.
	const grounds = new Map();
	const ground = (e) => {
		if (!e) return 0;
		let is = grounds.get(e);
		if (is === undefined) {
			const s = getComputedStyle(e);
			is = number(ground(e.parentElement), e.localName, e.getAttribute("class"), e.getAttribute("style"), e.type, e.open, e.inert, e.disabled, e.getAttribute("aria-disabled"),
				s.backgroundColor, s.backgroundImage, s.opacity, s.filter, s.mixBlendMode, s.position, s.transform, s.clipPath);
			grounds.set(e, is);
		}
		return is;
	};
	// What lies outside of the flow may come to lie under a text, or over it.
	const loose = [];
	for (const e of document.body.querySelectorAll("*")) {
		const s = getComputedStyle(e);
		if (s.position !== "static" && s.position !== "relative" || s.transform !== "none") loose.push([e, e.getBoundingClientRect()]);
	}
	const field = (e) => /^(input|select|textarea)$/.test(e.localName);
	const reads = (e) => field(e) || [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.nodeValue.trim() !== "");
	const alike = (e) => {
		const s = getComputedStyle(e), r = e.getBoundingClientRect(), text = (field(e) ? e.value : e.textContent).trim(), control = e.closest("label")?.control;
		const crossing = loose.filter(([l, at]) => at.left < r.right && at.right > r.left && at.top < r.bottom && at.bottom > r.top && !l.contains(e) && !e.contains(l));
		return number(ground(e), s.color, s.fontSize, s.fontWeight, s.textShadow, s.webkitTextStroke, s.webkitTextFillColor, s.textIndent,
			text.length > 1, /[\p{L}\p{N}]/u.test(text), control?.disabled, control?.getAttribute("aria-disabled"),
			e.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }), r.width > 0 && r.height > 0 && r.right > 0 && r.bottom > 0,
			crossing.map(([l]) => ground(l)));
	};

	const rule = axe._audit.rules.find((r) => r.id === "color-contrast"), check = axe._audit.checks["color-contrast"];
	const { matches } = rule, { evaluate } = check, asked = new Map();
	rule.matches = function (e, ...more) {
		if (!reads(e)) return false;
		asked.set(e, alike(e));
		return !seen.has(asked.get(e)) && matches.call(this, e, ...more);
	};
	check.evaluate = function (e, ...more) {
		if (now.has(asked.get(e))) return true;
		const is = evaluate.call(this, e, ...more);
		if (is === true) now.add(asked.get(e));
		return is;
	};
	try {
		const found = await axe.run(document, { resultTypes: ["violations"] });
		return {
			asked: asked.size,
			passes: found.passes.length,
			contrasted: [...now],
			violations: found.violations.map((v) => ({
				id: v.id, impact: v.impact ?? "", help: v.help,
				nodes: v.nodes.map((n) => ({ target: n.target, failureSummary: n.failureSummary ?? "" })),
			})),
		};
	} finally {
		rule.matches = matches;
		check.evaluate = evaluate;
	}
}
