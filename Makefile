# otassess. `make demo` and `make test` are all a new machine needs: they install what is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
SWIFT ?= swift
BUILD := $(SWIFT) build -c release --product otassess
OTASSESS := .build/release/otassess
SAMPLE := Samples/north-quay
BUILD_DEPS := pkg-config libpcap-dev libzstd-dev zlib1g-dev libssl-dev libsqlite3-dev git make ca-certificates

.PHONY: help demo test lint format build bench fuzz flood knowledge samples reports docs picture dist install-deps clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install-deps: ## Debian packages that building needs (apt-get as root or with sudo; nothing when all are there)
	@missing=; for package in $(BUILD_DEPS); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$package"; done; \
	if [ -n "$$missing" ]; then \
	  sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	  echo "installing:$$missing"; \
	  $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.3 or later is needed: https://www.swift.org/install" >&2; exit 1; }

build: install-deps ## the program, optimised
	$(BUILD)

demo: build ## assess the sample terminal and compare its two visits; the reports are in out/
	rm -rf out && mkdir -p out
	$(OTASSESS) analyze $(SAMPLE)/visit-1 $(SAMPLE)/config --site $(SAMPLE)/site.yaml --out out/visit-1
	$(OTASSESS) analyze $(SAMPLE)/visit-2 $(SAMPLE)/config --site $(SAMPLE)/site.yaml --out out/visit-2
	$(OTASSESS) diff out/visit-1/case.otcase out/visit-2/case.otcase --out out/diff || [ $$? -eq 1 ]
	@echo "open out/visit-1/report.html, out/visit-2/report.html and out/diff/diff.html"

test: install-deps ## all tests (those that need ../shared say so when it is not there)
	$(SWIFT) test

lint: ## style, as CI checks it
	$(SWIFT) format lint --recursive --strict Sources Tests Package.swift

format: ## bring all sources into the project's style
	$(SWIFT) format --recursive --in-place Sources Tests Package.swift

knowledge: ## pack rules and vendor names into the binary's sources
	tools/pack_knowledge.sh

docs: build ## documents generated from the program: schema, protocols, limits
	$(OTASSESS) schema --markdown > docs/schema.md
	$(OTASSESS) protocols --markdown > docs/protocols.md
	$(OTASSESS) limits --markdown > docs/limits.md

picture: ## docs/report.png, the README's picture (needs chromium)
	chromium --headless --no-sandbox --hide-scrollbars --window-size=1280,1700 --screenshot=docs/report.png \
	  "file://$(CURDIR)/Reports/north-quay/visit-2/report.html"

samples: ## record the sample lab anew (needs root, network namespaces and PyPI)
	Samples/lab/run.sh

reports: build ## what the program makes of the samples, as kept in Reports/
	tools/make_reports.sh

bench: install-deps ## rates against libpcap's loop and what peers are installed, instructions a packet, memory
	bench/run.sh

fuzz: ## five minutes of libFuzzer on all that reads strangers' bytes (SECONDS_TO_RUN=… for another time)
	tools/fuzz.sh

flood: build ## captures that reach for every limit; each has to stay below 1 GB (FLOOD_SCALE=… for fewer)
	tools/flood/run.sh

dist: ## one static executable in dist/
	OT_STATIC=1 $(SWIFT) build -c release --product otassess --static-swift-stdlib --scratch-path .build-static
	mkdir -p dist && cp .build-static/release/otassess dist/ && strip dist/otassess && ls -l dist/otassess

clean: ## remove everything that was built
	rm -rf .build .build-* out dist
