"""What every answer carries; each check gives what is missing."""

LETTER = "sandbox allow-same-origin allow-popups"
"""A letter in a frame brings its own styles, and in it nothing runs."""
PLAIN = {"strict-origin-when-cross-origin", "no-referrer"}


def carried(answer, *, is_private=False, is_https=False, may_be_kept=False):
    """What is missing in the headers. `is_private`: one person's page, or the desk's."""
    said = loose(answer.headers.get("Content-Security-Policy", ""))
    expected = {
        "X-Content-Type-Options": {"nosniff"},
        "Referrer-Policy": {"no-referrer"} if is_private else PLAIN,
        "Cross-Origin-Opener-Policy": {"same-origin"},
        "Cross-Origin-Resource-Policy": {"same-origin"},
    }
    if answer.status_code == 304 or answer.mimetype.startswith("image/"):  # for other sites
        expected["Cross-Origin-Resource-Policy"] |= {"cross-origin"}
    if is_https:
        expected["Strict-Transport-Security"] = {"max-age=31536000; includeSubDomains"}
    if is_private:
        expected["X-Robots-Tag"] = {"noindex, nofollow"}
    if is_private or answer.status_code >= 400:
        kept = {"private, max-age=86400"} if may_be_kept and answer.status_code == 200 else set()
        expected["Cache-Control"] = {"no-store"} | kept
    said += [
        f"{name} is {answer.headers.get(name)!r}, not one of {values}"
        for name, values in expected.items()
        if answer.headers.get(name) not in values
    ]
    cookies = answer.headers.getlist("Set-Cookie")
    return said + [each for cookie in cookies for each in bare(cookie, is_https=is_https)]


def loose(policy):
    """What a policy leaves open."""
    is_letter = LETTER in policy and "script-src 'none'" in policy
    rest = policy.replace("style-src 'unsafe-inline'", "") if is_letter else policy
    said = [] if policy.startswith("default-src 'none'; ") else ["default-src is not 'none'"]
    said += [f"unsafe: {policy}"] if "unsafe" in rest else []
    wanted = ("form-action", "base-uri 'none'", "frame-ancestors")
    said += [f"nothing about {each}" for each in wanted if each not in policy]
    return [f"Content-Security-Policy: {each}" for each in said]


def bare(cookie, *, is_https):
    """What a cookie lacks."""
    name, *parts = [part.strip() for part in cookie.split(";")]
    wanted = {"HttpOnly", "SameSite=Lax", "Path=/", *(["Secure"] if is_https else [])}
    said = [f"a cookie without {each}" for each in sorted(wanted - set(parts))]
    if any(part.startswith("Domain") for part in parts):
        said.append("a cookie for a whole domain")
    if is_https and not name.startswith("__Host-"):
        said.append(f"a cookie without __Host-: {name}")
    return said
