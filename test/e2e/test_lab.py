"""The lab itself: what it calls broken is broken, and mended again."""
import ssl
import urllib.error
import urllib.request

import pytest


def fetch(url, ca=None):
    context = ssl.create_default_context(cafile=ca) if ca else None
    with urllib.request.urlopen(url, timeout=5, context=context) as answer:
        return answer.read().decode()


def test_a_stopped_site_refuses_and_comes_back_at_the_same_address(lab):
    url = lab.env()['MANGA_URL'] + '/health'
    assert '"ok"' in fetch(url)
    lab.break_('site')
    with pytest.raises(urllib.error.URLError, match='refused'):
        fetch(url)
    lab.fix('site')
    assert '"ok"' in fetch(url)


def test_a_stopped_backend_leaves_nginx_answering_502(lab):
    lab.break_('backend')
    with pytest.raises(urllib.error.HTTPError, match='502'):
        fetch(lab.env()['MANGA_URL'])
    lab.fix('backend')
    assert 'MangaThèque' in fetch(lab.env()['MANGA_URL'])


def test_an_expired_certificate_is_refused_and_a_new_one_accepted(lab):
    env = lab.env()
    assert fetch(env['MANGA_HTTPS_URL'], env['MANGA_CA'])
    lab.break_('cert-expired')
    with pytest.raises(urllib.error.URLError, match='expired'):
        fetch(env['MANGA_HTTPS_URL'], env['MANGA_CA'])
    lab.fix('cert')
    assert fetch(env['MANGA_HTTPS_URL'], env['MANGA_CA'])


def test_the_database_holds_the_readers(lab):
    assert lab.sql('SELECT count(*) FROM users').strip() == '120'
