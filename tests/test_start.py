def test_a_visitor_without_a_seat_is_sent_to_sign_in(client):
    answer = client.get("/desk/")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/desk/"


def test_a_page_that_is_not_there_says_so_in_the_readers_language(client):
    assert "We cannot find this page" in client.get("/nowhere?lang=en").text


def test_staff_see_the_desk(desk):
    assert desk.get("/desk/").status_code == 200
