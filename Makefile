# Two commands carry the project: `make serve` and `make test`. Both need python3 (3.11 or later) and make.
# Everything else is installed in .venv, at the versions of constraints.txt.

PYTHON ?= python3
VENV := .venv
BENCH := .venv-bench
PEERS := .venv-peers
BIN := $(VENV)/bin

.PHONY: help serve test bench bench-serve faults clean check-python
.DELETE_ON_ERROR:

help:
	@echo "make serve   installe, charge la fédération d'exemple et ouvre l'application sur http://127.0.0.1:8866/"
	@echo "make test    installe et vérifie tout"
	@echo "make bench   mesure les temps de calcul, dans un environnement à part"
	@echo "make bench-serve   mesure les pages servies, à côté de Voilà seul, de Streamlit et de Panel"
	@echo "make faults  tue au hasard processus, serveur et réseau pendant dix minutes, puis cherche chaque valeur confirmée"
	@echo "make clean   retire les environnements et les fichiers temporaires (les bases de données restent)"

serve: $(VENV)/.installed coorace.db
	@$(BIN)/coorace-eval serve

# Loaded once: what people have entered since then stays.
coorace.db: | $(VENV)/.installed
	$(BIN)/coorace-eval import-example

test: $(VENV)/.tested
	scripts/system-packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/coorace-eval check referentials/
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env -q notebooks
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

bench: $(BENCH)/.installed
	@set -e; for script in $(filter-out %/bench_serve.py,$(wildcard benchmarks/bench_*.py)); do echo; echo "== $$script"; $(BENCH)/bin/python $$script; done

bench-serve: $(VENV)/.tested $(PEERS)/.installed
	@set -e; $(BIN)/python benchmarks/bench_serve.py

faults: $(VENV)/.tested
	@echo "Dix minutes de pannes, puis les comptes."; $(BIN)/python benchmarks/faults.py --minutes 10

clean:
	rm -rf $(VENV) $(BENCH) $(PEERS) .node build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment is renewed when what it is made from has changed, and made anew when its Python no longer runs.
$(foreach env,$(VENV) $(BENCH) $(PEERS),$(shell $(env)/bin/python -c "" 2>/dev/null || rm -f $(env)/.installed $(env)/.tested))

$(VENV)/.installed: pyproject.toml constraints.txt | check-python
	$(call environment,$(VENV),.)
	@touch $@

$(VENV)/.tested: pyproject.toml constraints.txt | check-python
	$(call environment,$(VENV),.[test$(comma)postgres])
	@touch $@ $(VENV)/.installed

$(BENCH)/.installed: pyproject.toml constraints.txt | check-python
	$(call environment,$(BENCH),.[bench])
	@touch $@

# Others' servers, at their own versions, only to be measured.
$(PEERS)/.installed: benchmarks/serve/peers.txt | check-python
	@$(PEERS)/bin/python -c "" 2>/dev/null || $(PYTHON) -m venv --clear $(PEERS)
	@PIP_DISABLE_PIP_VERSION_CHECK=1 $(PEERS)/bin/python -m pip install -q -r $<
	@touch $@

comma := ,
define environment
@echo "J'installe $(2) dans $(1) : quelques minutes la première fois."
@$(1)/bin/python -c "" 2>/dev/null || $(PYTHON) -m venv --clear $(1)
@PIP_DISABLE_PIP_VERSION_CHECK=1 $(1)/bin/python -m pip install -q -c constraints.txt -e "$(2)"
endef

check-python:
	@command -v $(PYTHON) >/dev/null || { echo "Il manque Python 3.11 ou plus récent : installez le paquet python3."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "coorace_eval demande Python 3.11 ou plus récent ; $(PYTHON) est $$($(PYTHON) --version)."; \
		echo "Indiquez-en un autre : make serve PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Il manque le module venv de Python. Sur Debian ou Ubuntu : sudo apt-get install python3-venv"; exit 1; }
