# shouwang: `make demo` shows it, `make check` checks it while one works, `make test` checks all of it. Needs Debian 12
# and a Swift 6.3 toolchain in PATH; everything else, make included, is asked for and installed by `tools/deps`. YES=1
# answers yes.

SHELL := /bin/sh
SWIFT ?= swift
YES ?=
RELEASE := .build-release
API_TEST := .build-api-test/bin/python3
SOURCES := Sources Tests Benchmarks Package.swift

# SwiftPM and git keep caches and settings at home. Where HOME is no folder (some builders), a folder here does.
ifeq ($(wildcard $(HOME)/.),)
export HOME := $(CURDIR)/.build-home
endif

.PHONY: help demo check test api-test full soak build release bench bench-console format lint deps clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: release  ## a community, a broker and the daemon, all real, on loopback
	$(RELEASE)/release/shouwang demo

check: lint  ## format, tidy and the core's tests: while one works
	$(SWIFT) build --build-tests
	SWIFT=$(SWIFT) tools/run-tests --core

test: lint  ## everything that is checked: before handing in
	@echo "Building everything for the tests. The first time takes some 7 minutes on two cores." >&2
	$(SWIFT) build --build-tests
	SWIFT=$(SWIFT) tools/run-tests

api-test: $(API_TEST)  ## asks the HTTP API everything that its OpenAPI file says, with schemathesis
	SHOUWANG_API_TEST=$(abspath $(API_TEST)) $(SWIFT) test --filter '^ConsoleTests\.SchemathesisTests'

$(API_TEST): | deps
	rm -rf .build-api-test
	python3 -m venv .build-api-test
	.build-api-test/bin/pip install --quiet --disable-pip-version-check schemathesis==4.32.5

full: test api-test  ## test, the API's schema, and the fuzzing of values and ticks over more records
	SHOUWANG_FUZZ_RECORDS=200000 $(SWIFT) test --skip-build --filter ValueFuzzTests
	SHOUWANG_EXTRA_TICKS=30000 $(SWIFT) test --skip-build --filter TickLawTests

soak: full  ## full, and a thousand kills over a million records, a hundred of the broker, 500 within acts: hours
	SHOUWANG_ACT_KILLS=500 SHOUWANG_KILLS=1000 SHOUWANG_BROKER_KILLS=100 SHOUWANG_RECORDS_PER_KILL=1100 \
		$(SWIFT) test --skip-build --filter FaultTests

build: deps  ## the program, for debugging
	$(SWIFT) build --product shouwang

release: deps  ## the program, optimised, in .build-release/release
	@echo "Building the release. The first time takes some 9 minutes on two cores, later seconds." >&2
	$(SWIFT) build -c release --scratch-path $(RELEASE) --product shouwang

bench: release  ## times a replay, the rules and the windows
	$(SWIFT) build -c release --scratch-path $(RELEASE) --product BenchCatalogue
	$(SWIFT) build -c release --scratch-path $(RELEASE) --product BenchWindows
	Benchmarks/replay $(RELEASE)/release/shouwang
	$(RELEASE)/release/BenchCatalogue
	$(RELEASE)/release/BenchWindows

bench-console: release  ## whether API readers and streams slow the watch: some 8 minutes
	Benchmarks/console/watch $(RELEASE)/release/shouwang

format:  ## writes all sources in the one form
	$(SWIFT) format --in-place --recursive $(SOURCES)

lint: deps  ## says where sources are not in the one form
	$(SWIFT) format lint --strict --recursive $(SOURCES)

deps:  ## installs missing Debian packages, after asking
	@YES=$(YES) SWIFT=$(SWIFT) tools/deps

clean:  ## removes all that was built
	rm -rf .build $(RELEASE) .build-home .build-api-test
