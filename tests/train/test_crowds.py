"""Accounts that like one author alone are heard as far as other authors' crowds suggest."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.train.made_log import made_log
from tests.train.test_bad_logs import with_likers

from stoa.train.crowds import CrowdConfig, heard_share, without_crowds

N_PEOPLE, N_AUTHORS, N_PUPPETS = 300, 20, 1_000
N = N_PEOPLE + N_AUTHORS + N_PUPPETS


def likes_of_people(seed, each=12):
    """People with likes over all authors, a tenth of them with one author alone."""
    chance = np.random.default_rng(seed)
    account = np.repeat(np.arange(N_PEOPLE), each)
    author = N_PEOPLE + chance.integers(0, N_AUTHORS, len(account))
    fan = account < N_PEOPLE // 10
    author[fan] = N_PEOPLE + account[fan] % N_AUTHORS
    return account, author


def with_puppets(account, author, target, likes=1):
    puppets = np.repeat(N_PEOPLE + N_AUTHORS + np.arange(N_PUPPETS), likes)
    return np.concatenate([account, puppets]), np.append(author, np.full(len(puppets), target))


@given(seed=st.integers(0, 10_000))
def test_people_are_heard_in_full_their_favourites_too(seed):
    assert (heard_share(*likes_of_people(seed), N) == 1.0).all()


@given(seed=st.integers(0, 10_000), likes=st.integers(1, 5))
def test_of_a_thousand_puppets_a_few_likes_are_heard_and_of_people_all(seed, likes):
    account, author = likes_of_people(seed)
    target = int(author[-1])
    share = heard_share(*with_puppets(account, author, target, likes), N)
    fans = np.unique(account[(author == target) & (account < N_PEOPLE // 10)])
    others = np.setdiff1d(np.arange(N_PEOPLE), fans)
    assert (share[others] == 1.0).all()
    heard = share[-N_PUPPETS:].sum() * likes
    usual = (author == target).sum() * CrowdConfig().times_usual
    assert heard <= max(CrowdConfig().few, usual) + 1e-6


def test_likes_elsewhere_for_a_fifth_do_not_hide_a_puppet():
    account, author = with_puppets(*likes_of_people(1), N_PEOPLE, 4)
    author[-4 * N_PUPPETS :: 20] = N_PEOPLE + 1  # one in five puppets spends one like elsewhere
    share = heard_share(account, author, N)
    assert np.median(share[-N_PUPPETS:]) < 0.1


def test_where_everybody_likes_one_author_alone_nobody_is_a_crowd():
    author = np.repeat(N_PEOPLE + np.arange(N_AUTHORS), 50)
    assert (heard_share(np.arange(len(author)), author, N) == 1.0).all()


def test_a_few_who_like_a_friend_often_are_no_crowd():
    account, author = likes_of_people(2)
    fans = np.repeat(N_PEOPLE + N_AUTHORS + np.arange(15), 60)
    share = heard_share(
        np.append(account, fans), np.append(author, np.full(len(fans), N_PEOPLE)), N
    )
    assert (share == 1.0).all()


def test_no_likes_at_all():
    none = np.zeros(0, dtype=np.int64)
    assert heard_share(none, none, 3).tolist() == [1.0, 1.0, 1.0]


def test_a_log_of_people_is_returned_as_it_is_and_of_puppets_whole_accounts_go():
    log, _, _ = made_log(1, n_viewers=40, n_posts=300, n_sittings=6)
    assert without_crowds(log) is log
    author = int(log.posts.author[150])
    new = log.n_accounts + np.arange(N_PUPPETS)
    log = replace(log, n_accounts=log.n_accounts + N_PUPPETS)
    poisoned, _ = with_likers(log, new, author, N_PUPPETS)
    left = without_crowds(poisoned).checked()
    assert (left.impressions.viewer < new[0]).sum() == len(log.impressions)
    assert (left.acts.account < new[0]).sum() == len(log.acts)
    left_puppets = np.unique(left.acts.account[left.acts.account >= new[0]])
    assert 0 < len(left_puppets) < 60
    assert np.array_equal(
        left_puppets, np.unique(left.impressions.viewer[left.impressions.viewer >= new[0]])
    )
