from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coorace_eval.accounts import (
    AccessError,
    Account,
    Right,
    Role,
    check_password,
    digest,
    hash_password,
    may,
    needs_rehash,
    new_key,
    new_token,
    require,
    verify_password,
)
from coorace_eval.accounts.passwords import _NOBODY
from coorace_eval.accounts.rights import everywhere

R = Right
OWN_RIGHTS = {R.READ, R.WRITE, R.OPEN, R.PEOPLE}


def account(role: Role = Role.ENTREPRISE, *enterprises: str, **more: object) -> Account:
    return Account(new_key(), "ana@marais.fr", "Ana Petit", role, frozenset(enterprises), **more)


def test_a_login_is_kept_the_way_it_is_compared():
    assert Account(new_key(), "  Ana@MARAIS.fr ", "Ana", Role.ENTREPRISE).login == "ana@marais.fr"
    assert Account(new_key(), "ａｎａ", "Ana", Role.ENTREPRISE).login == "ana"


@given(st.text(alphabet=string.printable, max_size=20))
def test_a_login_that_is_accepted_stays_as_it_is_when_it_is_kept_again(login):
    try:
        kept = Account(new_key(), login, "Ana", Role.ENTREPRISE)
    except AccessError:
        return
    assert Account(kept.key, kept.login, kept.name, kept.role) == kept


def test_all_that_is_badly_described_is_said_at_once():
    with pytest.raises(AccessError) as caught:
        Account("moi", "а b", "\x00", Role.ENTREPRISE)
    assert [problem.where for problem in caught.value.problems] == ["clé", "identifiant", "nom"]
    assert {problem.code for problem in caught.value.problems} == {"ACC-007"}


@pytest.mark.parametrize("login", ["", "a", "ana petit", "ana\nroot", "-ana", "аna@marais.fr", "a" * 101])
def test_a_login_holds_no_letter_that_passes_for_another(login):
    with pytest.raises(AccessError):
        Account(new_key(), login, "Ana", Role.ENTREPRISE)


def test_a_key_says_nothing_of_the_person():
    assert len({new_key() for _ in range(200)}) == 200


ALLOWED = {
    Role.ENTREPRISE: {R.READ, R.WRITE, R.OPEN, R.AUDIT},
    Role.REFERENT: {R.READ, R.WRITE, R.OPEN, R.AUDIT, R.FOUND, R.PEOPLE, R.NETWORK, R.PROGRESS},
    Role.CHERCHEUR: {R.NETWORK},
    Role.FEDERATION: {R.ACCOUNTS, R.NETWORK, R.PROGRESS, R.AUDIT},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_each_role_has_its_rights_and_no_other(role, right):
    person = account(role, "marais")
    assert may(person, right) is (right in ALLOWED[role])
    assert may(person, right, "marais") is (right in ALLOWED[role])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", sorted(OWN_RIGHTS, key=str))
@pytest.mark.parametrize("enterprise", ["dune", "", "MARAIS", "marais "])
def test_nobody_reaches_an_enterprise_they_are_no_member_of(role, right, enterprise):
    assert not may(account(role, "marais"), right, enterprise)
    assert not everywhere(account(role, "marais"), right)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("right", Right)
def test_an_account_put_aside_may_nothing(role, right):
    assert not may(account(role, "marais", active=False), right, "marais")
    assert not everywhere(account(role, active=False), right)


def test_a_refusal_does_not_say_whether_the_enterprise_exists():
    said = set()
    for enterprise in ("dune", "nulle_part"):
        with pytest.raises(AccessError) as caught:
            require(account(Role.ENTREPRISE, "marais"), R.READ, enterprise)
        said.add(str(caught.value))
        assert caught.value.problems[0].code == "ACC-001"
    assert len(said) == 1


def test_a_password_is_kept_as_a_hash_that_only_itself_opens():
    kept = hash_password("le vélo bleu de Léa")
    assert kept.startswith("$argon2id$") and "m=47104,t=1,p=1" in kept
    assert kept != hash_password("le vélo bleu de Léa")
    assert verify_password(kept, "le vélo bleu de Léa")
    assert verify_password(kept, "le ve\u0301lo bleu de Le\u0301a"), (
        "le même mot de passe, tapé en deux temps"
    )
    assert not verify_password(kept, "le velo bleu de lea")
    assert not needs_rehash(kept)


def test_an_unknown_login_costs_the_same_work_and_opens_nothing():
    assert not needs_rehash(_NOBODY)
    assert not verify_password(None, "le vélo bleu de Léa")
    assert not verify_password("pas un hash", "le vélo bleu de Léa")
    assert not verify_password("", "")


def test_a_very_long_text_is_no_password():
    long = "é!" * 150
    assert not verify_password(hash_password(long[:200]), long)


def test_a_weaker_hash_is_to_be_made_again():
    assert needs_rehash("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$bkl1ZCEvNCtLYQ")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("court", "moins de 12"),
        ("onze signes", "moins de 12"),
        ("x" * 201, "plus de 200"),
        ("aaaaaaaaaaaaaa", "répète"),
        ("vélovélovélo", "répète"),
        ("abcdefghijklm", "ordre"),
        ("123456789012", "ordre"),
        ("azertyuiopqsd", "ordre"),
        ("MotDePasse2026!", "premiers"),
        ("Fédération-2026", "premiers"),
        ("ana@marais.fr", "votre nom"),
        ("AnaPetit2026", "votre nom"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(text, word):
    (problem,) = check_password(text, account())
    assert problem.code == "ACC-005" and word in problem.cause


@pytest.mark.parametrize(
    "text", ["le vélo bleu de Léa", "correct cheval pile agrafe", "Tr0ub4dor&3xy!", "ünÿ çöffré vêrt"]
)
def test_a_sentence_will_do(text):
    assert check_password(text, account()) == []


def test_a_token_is_never_what_is_stored():
    token = new_token()
    assert len(token) >= 43 and token != new_token()
    assert digest(token) == digest(token) and token not in digest(token) and len(digest(token)) == 64
    assert digest("\ud800")
