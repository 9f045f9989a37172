# shouwang: `make demo` shows it, `make test` checks it. Needs Debian 12 and a Swift 6.3 toolchain in PATH; everything
# else is asked for and installed by `make deps`. YES=1 answers yes.

SHELL := /bin/sh
SWIFT ?= swift
YES ?=
RELEASE := .build-release
SOURCES := Sources Tests Package.swift

# SwiftPM and git keep caches and settings at home. Where HOME is no folder (some builders), a folder here does.
ifeq ($(wildcard $(HOME)/.),)
export HOME := $(CURDIR)/.build-home
endif

.PHONY: demo test soak build release bench format lint deps clean

demo: release
	$(RELEASE)/release/shouwang demo

test: lint
	@echo "Building everything for the tests. The first time takes 3 to 5 minutes on two cores." >&2
	$(SWIFT) build --build-tests
	SWIFT=$(SWIFT) tools/run-tests

# A thousand kills of the daemon over a million records, a hundred of the broker, power cuts: about an hour.
soak: deps
	$(SWIFT) build --build-tests
	SHOUWANG_KILLS=1000 SHOUWANG_BROKER_KILLS=100 SHOUWANG_RECORDS_PER_KILL=1100 $(SWIFT) test --skip-build --filter FaultTests
	SHOUWANG_FUZZ_RECORDS=200000 $(SWIFT) test --skip-build --filter ValueFuzzTests
	SHOUWANG_EXTRA_TICKS=30000 $(SWIFT) test --skip-build --filter TickLawTests

build: deps
	$(SWIFT) build --product shouwang

release: deps
	@echo "Building the release. The first time takes some minutes on two cores, later seconds." >&2
	$(SWIFT) build -c release --scratch-path $(RELEASE) --product shouwang

bench: release
	$(SWIFT) build -c release --scratch-path $(RELEASE) --product BenchCatalogue
	$(SWIFT) build -c release --scratch-path $(RELEASE) --product BenchWindows
	Benchmarks/replay $(RELEASE)/release/shouwang
	$(RELEASE)/release/BenchCatalogue
	$(RELEASE)/release/BenchWindows

format:
	$(SWIFT) format --in-place --recursive $(SOURCES)

lint: deps
	$(SWIFT) format lint --strict --recursive $(SOURCES)

deps:
	@YES=$(YES) SWIFT=$(SWIFT) tools/deps

clean:
	rm -rf .build $(RELEASE) .build-home
