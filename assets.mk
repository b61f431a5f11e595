# The front end: what pages are built from. Included by the Makefile.
#
#   make assets   builds internal/web/static/dist (style, script, fonts, pictures) from assets/ and npm packages;
#                 no network once node_modules is there
#   make templ    writes the Go code of the page components again after a .templ file was changed

DIST := internal/web/static/dist
TEMPL := go run github.com/a-h/templ/cmd/templ@v0.3.977

.PHONY: assets templ templ-check

assets: $(DIST)/manifest.json ## build the style, script and fonts of the pages

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --no-progress
	@touch $@

$(DIST)/manifest.json: node_modules/.package-lock.json $(shell find assets -type f)
	node assets/build.mjs

# The path that templ is given stands in the code it writes: always this one.
templ: ## write the Go code of the page components
	$(TEMPL) generate -path internal

# Fails when the committed Go code of a component is not what its .templ file gives.
templ-check: templ
	@git diff --exit-code --stat -- '*_templ.go'
