import pytest

from batchly_admin.errors import ConfigError
from batchly_admin.qbo.gateway import Access, check_api, check_login


@pytest.mark.parametrize(
    "url",
    [
        "https://quickbooks.api.intuit.com/v3/company/1/query",
        "https://sandbox-quickbooks.api.intuit.com/v3",
        "http://127.0.0.1:9000/v3",
        "http://localhost:9000/v3",
    ],
)
def test_intuits_two_hosts_and_this_machine_are_allowed(url: str) -> None:
    check_api(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://quickbooks.api.intuit.com/v3",
        "https://quickbooks.api.intuit.com.evil.example/v3",
        "https://evil.example/quickbooks.api.intuit.com",
        "https://quickbooks.api.intuit.com@evil.example/v3",
        "https://user:pw@quickbooks.api.intuit.com/v3",
        "https://quickbooks.api.intuit.com:8443/v3",
        "https://developer.intuit.com/v3",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "",
    ],
)
def test_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        check_api(url)


def test_the_login_server_is_another_set_of_hosts() -> None:
    check_login("https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer")
    with pytest.raises(ConfigError):
        check_login("https://quickbooks.api.intuit.com/v3")


def test_each_environment_has_its_address() -> None:
    assert Access("production").base_url == "https://quickbooks.api.intuit.com/v3"
    assert Access("sandbox").base_url == "https://sandbox-quickbooks.api.intuit.com/v3"
    assert Access("simulator", api_base="http://127.0.0.1:1/v3").base_url.endswith(":1/v3")
    with pytest.raises(ConfigError):
        Access("simulator").base_url  # noqa: B018 - reading it is what fails
