package find

import (
	"slices"

	"nazorat/internal/db"
	"nazorat/internal/fact"
	"nazorat/internal/script"
)

// PlaceKey is the key of a place.
func PlaceKey(code string) string { return asPlace + code }

// Narrow makes answers short, so that a few proceedings fill several.
func (x *Index) Narrow(page, candidates, counted int, windows ...int) {
	x.bounds = bounds{page, candidates, counted, windows, 1000}
}

// Place teaches the index a word that stands in the names of places.
func (x *Index) Place(word string, codes ...string) { x.places[word] = codes }

// WriteNames writes names that were met, as a step of the follower does.
func (x *Index) WriteNames(tx *db.Tx, names map[string]string) error {
	return (&batch{x: x, names: names}).writeNames(tx)
}

// ByHolder reports whether proceedings were looked at by who has them.
func (a *Answer) ByHolder() bool { return a.byHolder }

// Withdrawn is how many hits of an answer the query let through and the file did not.
func (a *Answer) Withdrawn() int { return a.withdrawn }

// KeysOf are the keys of a value.
func KeysOf(v fact.Value) (out []string) {
	keysOf(v, func(key string) { out = append(out, key) })
	return out
}

// NumberKeys are the keys of a number.
func NumberKeys(number string) (out []string) {
	numberKeys(number, func(key string) { out = append(out, key) })
	return out
}

// Wants are the groups of keys of a query, of each of which one must be there, or of all but one where that is enough; names are all
// that were met. may is false where that way of looking makes nothing of what was typed.
func (x *Index) Wants(text string, how How, names map[string]string) (groups [][]string, least int, may bool) {
	list, _ := x.terms(text)
	named := len(list) > 1 && len(list) <= mostNames
	sounds := make([][]string, len(list))
	for i, t := range list {
		named = named && t.sound != ""
		sounds[i] = []string{t.sound}
		for full, sound := range names {
			if how >= NearTogether && t.sound != "" && Alike(t.full, full) {
				sounds[i] = append(sounds[i], sound)
			}
		}
	}
	if how == Together || how == NearTogether {
		for i := range list {
			for j := range i {
				var group []string
				for _, a := range sounds[i] {
					for _, b := range sounds[j] {
						group = append(group, pairKey(a, b))
					}
				}
				groups = append(groups, group)
			}
		}
		return groups, len(groups), named
	}
	for i, t := range list {
		group := slices.Clone(t.keys)
		for _, name := range sounds[i] {
			if how >= NearTogether {
				group = append(group, asName+name)
			}
		}
		groups = append(groups, group)
	}
	if how == Some {
		return groups, len(groups) - 1, len(groups) > 2
	}
	return groups, len(groups), len(groups) > 0
}

// Alike says by the distance of two keys what the index says by their parts.
func Alike(a, b string) bool {
	if len(a) < leastNear {
		return false
	}
	for _, p := range parts(a) {
		if slices.Contains(parts(b), p) {
			return true
		}
	}
	return false
}

var Parts = parts

// Sound of a name.
var Sound = script.Sound
