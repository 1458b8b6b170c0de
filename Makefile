PYTHON_VENV := .venv/bin/python
# What keeps time with the desktop runs by itself. A test that passes only the second time is listed
# as RERUN, and wants mending.
PYTEST := $(PYTHON_VENV) -m pytest --reruns 1 -rfER

.DEFAULT_GOAL := help
.PHONY: help demo test lint bundle smoke bench-cpu bench-screen bench-memory bench-kills bench-recover \
	bench-sync bench-drift bench-sound bench-library-kills bench-jobs bench-export-kills bench-library \
	bench-library-window bench-app bench-cuts bench-cut-cost bench-share-tus bench-share-s3 bench-share-link screenshots clean

# All checks run even if one fails. Leaves the outcome in $$lint.
RUN_LINT = lint=0; \
	for check in "ruff check ." "ruff format --check ." "mypy" "lint-imports"; do \
		echo "== $$check"; \
		.venv/bin/$$check || { echo "FAILED: $$check"; lint=1; }; \
	done

help: ## Show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

demo: ## Record ten seconds of the screen, or of a virtual one, into demo-recordings/
	@installers/setup.sh demo
	@$(PYTHON_VENV) -m installers.demo

# The tests come last: their closing line ends the output.
test: ## Run all checks and tests
	@installers/setup.sh test
	@$(RUN_LINT); \
	[ $$lint = 0 ] || echo "LINT FAILED; now the tests"; \
	tests=0; $(PYTEST) -n 2 --dist loadfile --ignore tests/desktop || tests=$$?; \
	$(PYTEST) tests/desktop || tests=$$?; \
	[ $$tests = 0 ] || exit $$tests; exit $$lint

lint: ## Run the checks that need no test run
	@installers/setup.sh test
	@$(RUN_LINT); exit $$lint

screenshots: ## Pictures of every window in both themes, into build/screenshots/
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.support.screenshots build/screenshots

bundle: ## Build the program as one folder into dist/ (1 minute)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m installers.bundle

smoke: bundle ## Build that folder and try it on a private desktop
	@$(PYTHON_VENV) -m installers.smoke dist/recorder-app/recorder-app

# Measurements want a machine that does nothing else; run them one at a time.
bench-cpu: ## CPU beside ffmpeg's x11grab, typing and full motion (8 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.cpu

bench-screen: ## Every painted picture at its time, VP9, H.264 and AV1 (1 minute)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.screen

bench-memory: ## Memory of ten minutes of 1080p30, WebM and MP4 (20 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.memory --format webm
	@$(PYTHON_VENV) -m tests.bench.memory --format mp4

bench-kills: ## kill -9 at 100 random moments (4 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.kills

bench-recover: ## 50 killed takes are recovered, by recoveries that are killed too (10 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.recover

bench-sync: ## Flash and beep for 20 s, WebM and MP4, without and with three pauses (2 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.sync

bench-drift: ## An hour with a device clock 0.1 % fast and slow, on a clock that jumps (5 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.drift

bench-sound: ## Half an hour of microphone and system sound: drift, losses, memory (31 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.sound

bench-library-kills: ## kill -9 at 100 random moments of writing to the library (3 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.library_kills

bench-jobs: ## Two writers for a minute, and a job runner killed 100 times (6 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.jobs

bench-export-kills: ## A job runner killed at 50 random moments of exports (3 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.export_kills

bench-library: ## Search, lists, opening and insertion with 100,000 recordings (3 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.library

bench-library-window: ## The library window with 100,000 recordings: opening, typing, scrolling (2 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.library_window

bench-cuts: ## 200 random cut lists judged to the picture and the sample, and played (8 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.cuts

bench-cut-cost: ## An exact trim of ten minutes beside its parts, smartcut and encoding all (15 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.cut_cost

bench-app: ## Start, first picture, idle cost and event loop of the app in the tray (3 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.app

bench-share-tus: ## 500 uploads by tus in a storm of faults, speed beside curl, memory for 6 GB (5 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.share_tus

bench-share-s3: ## 150 uploads to S3 in a storm of faults, speed beside boto3's own, memory for 6 GB (6 minutes)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.share_s3

bench-share-link: ## From the click to the link on the clipboard, offline too (1 minute)
	@installers/setup.sh test
	@$(PYTHON_VENV) -m tests.bench.share_link

clean: ## Remove caches and build results; recordings and .venv stay
	@rm -rf build dist .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
