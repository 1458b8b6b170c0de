PYTHON_VENV := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help demo test lint clean

# All checks run even if one fails. Leaves the outcome in $$lint.
RUN_LINT = lint=0; \
	for check in "ruff check ." "ruff format --check ." "mypy" "lint-imports"; do \
		echo "== $$check"; \
		.venv/bin/$$check || { echo "FAILED: $$check"; lint=1; }; \
	done

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

demo: ## Record ten seconds of the screen, or of a virtual one, into demo-recordings/
	@installers/setup.sh demo
	@$(PYTHON_VENV) -m installers.demo

# The tests come last: their closing line ends the output.
test: ## Run all checks and tests
	@installers/setup.sh test
	@$(RUN_LINT); \
	[ $$lint = 0 ] || echo "LINT FAILED; now the tests"; \
	tests=0; $(PYTHON_VENV) -m pytest || tests=$$?; \
	[ $$tests = 0 ] || exit $$tests; exit $$lint

lint: ## Run the checks that need no test run
	@installers/setup.sh test
	@$(RUN_LINT); exit $$lint

clean: ## Remove caches and build results; recordings and .venv stay
	@rm -rf build dist .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
