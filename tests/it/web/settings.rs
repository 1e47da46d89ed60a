//! The settings of an endpoint: name, token, share links, deletion. All by forms, without JavaScript.

use super::Visitor;
use crate::app::Creel;

#[test]
fn the_settings_change_name_and_token() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let settings = format!("/inspect/{id}/settings");
    let save = |form: &str| {
        let saved = owner.sends(&settings, form);
        (saved.status, saved.text())
    };
    let (_, first) = owner.target(&id).split_once("?token=").map_or_else(
        || panic!("it has a token"),
        |(path, token)| (path.to_owned(), token.to_owned()),
    );
    assert_eq!(save("name=+staging+%3Cagents%3E+&token=keep").0, 303);
    let page = owner.opens(&format!("/inspect/{id}"));
    assert!(page.contains("<title>staging &#60;agents&#62; ·"), "{page}");
    assert!(owner.target(&id).ends_with(&format!("?token={first}")));

    assert_eq!(save("name=&token=new&own_token=passed-over").0, 303);
    let second = owner.target(&id);
    assert!(second.contains("?token=") && !second.ends_with(&first));
    assert!(!second.contains("passed-over"));

    // Keywords of the API are ordinary tokens here.
    for chosen in ["my own", "auto", "none"] {
        let form = format!("name=&token=own&own_token={}", chosen.replace(' ', "+"));
        assert_eq!(save(&form).0, 303, "{chosen}");
        let target = format!("?token={}", chosen.replace(' ', "%20"));
        assert!(owner.target(&id).ends_with(&target), "{chosen}");
    }
    for (form, why) in [
        ("name=&token=own&own_token=".to_owned(), "token"),
        (
            format!("name=&token=own&own_token={}", "x".repeat(257)),
            "256",
        ),
        ("name=&token=own&own_token=a%0Ab".to_owned(), "control"),
        (format!("name={}&token=keep", "x".repeat(101)), "100"),
    ] {
        let (status, page) = save(&form);
        assert_eq!(status, 400, "{form}");
        assert!(page.contains(why), "{page}");
    }
    assert!(owner.target(&id).ends_with("?token=none"), "as it was");

    assert_eq!(save("name=&token=none").0, 303);
    assert_eq!(owner.target(&id), format!("/hook/{id}"));
}

#[test]
fn the_settings_change_the_response_status() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let settings = format!("/inspect/{id}/settings");
    let saved = owner.sends(&settings, "name=&token=keep&reply=503%2C+204");
    assert_eq!(saved.status, 303);
    let page = owner.opens(&settings);
    assert!(page.contains("name=\"reply\" value=\"503, 204\""), "{page}");
    let target = owner.target(&id);
    assert_eq!(creel.http("POST", &target, &[], b"x").status, 503);
    let refused = owner.sends(&settings, "name=&token=keep&reply=302");
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("redirects (3xx) are not supported"));
    // The form keeps the input.
    assert!(
        refused.text().contains("value=\"302\""),
        "{}",
        refused.text()
    );
    assert_eq!(creel.http("POST", &target, &[], b"x").status, 204);
}

/// The key in the share link on a settings page.
fn shared_key(page: &str) -> Option<&str> {
    let (_, rest) = page.split_once("?key=")?;
    rest.split('"').next()?.split('<').next()
}

#[test]
fn a_share_link_is_shown_once_and_works_until_revoked() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let page = format!("/inspect/{id}");
    let share = || {
        let made = owner.sends(&format!("{page}/key"), "").text();
        shared_key(&made).expect("a key").to_owned()
    };
    let (first, second) = (share(), share());
    assert_ne!(first, second);
    assert_eq!(shared_key(&owner.opens(&format!("{page}/settings"))), None);
    let opened = |key: &str| {
        creel
            .http("GET", &format!("{page}?key={key}"), &[], b"")
            .status
    };
    assert_eq!([&first, &second].map(|key| opened(key)), [303, 303]);

    let revoke = format!("{page}/revoke");
    let asked = owner.sends(&revoke, "");
    assert_eq!(asked.status, 200);
    assert!(asked.text().contains("name=\"confirmed\""));
    assert_eq!(opened(&first), 303, "not before it is confirmed");
    let revoked = owner.sends(&revoke, "confirmed=yes");
    assert_eq!(revoked.status, 303);
    let back = revoked.header("location").expect("the way on");
    assert!(
        owner
            .opens(back)
            .contains("All share links and read keys are revoked")
    );
    assert_eq!([&first, &second].map(|key| opened(key)), [404, 404]);
    assert_eq!(opened(&share()), 303, "new ones open");
    assert!(owner.opens(&page).contains("/settings"), "it is still mine");
}

#[test]
fn an_endpoint_is_deleted_after_confirmation() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let (page, target) = (format!("/inspect/{id}"), owner.target(&id));
    assert_eq!(creel.http("POST", &target, &[], b"{}").status, 200);
    let asked = owner.sends(&format!("{page}/delete"), "");
    assert_eq!(asked.status, 200);
    assert!(asked.text().contains("Its 1 delivery is deleted too"));
    owner.opens(&format!("{page}/1"));
    let deleted = owner.sends(&format!("{page}/delete"), "confirmed=yes");
    assert_eq!(deleted.status, 303);
    assert_eq!(deleted.header("location"), Some("/?deleted"));
    assert!(
        owner
            .opens("/?deleted")
            .contains("The endpoint is deleted.")
    );
    for gone in [page.clone(), format!("{page}/1")] {
        assert_eq!(owner.asks("GET", &gone).status, 404);
    }
    assert_eq!(creel.http("POST", &target, &[], b"{}").status, 404);
    assert!(!owner.opens("/").contains(&id));
}

#[test]
fn the_sequence_of_statuses_is_shown_and_restarted() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let settings = format!("/inspect/{id}/settings");
    let page = owner.opens(&settings);
    assert!(!page.contains("Restart the sequence"), "one status: {page}");

    let saved = owner.sends(&settings, "name=&token=none&reply=500%2C+503%2C+200");
    assert_eq!(saved.status, 303);
    let target = owner.target(&id);
    let post = || creel.http("POST", &target, &[], b"x").status;
    let stands = |next: &str| {
        let page = owner.opens(&settings);
        let expected = format!("Next request that is not a run: {next}<");
        assert!(page.contains(&expected), "{expected:?}: {page}");
        assert!(!page.contains("The sequence is restarted"), "{page}");
    };
    stands("status 1 of 3 (500)");
    assert_eq!(post(), 500);
    stands("status 2 of 3 (503)");
    assert_eq!([post(), post()], [503, 200]);
    stands("status 3 of 3 (200), which repeats");
    // The form sends the reply with every change.
    let renamed = owner.sends(&settings, "name=new&token=keep&reply=500+503+200");
    assert_eq!(renamed.status, 303);
    stands("status 3 of 3 (200), which repeats");

    let reset = format!("/inspect/{id}/reply/reset");
    assert!(
        owner
            .opens(&settings)
            .contains(&format!("action=\"{reset}\""))
    );
    let restarted = owner.sends(&reset, "");
    assert_eq!(restarted.status, 303);
    let back = owner.opens(restarted.header("location").expect("the way on"));
    assert!(back.contains("The sequence is restarted"), "{back}");
    stands("status 1 of 3 (500)");
    assert_eq!(post(), 500);
}

/// The section of the settings page with this id.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    super::between(
        page,
        &format!("<section class=\"block\" id=\"{id}\""),
        "</section>",
    )
}

#[test]
fn each_section_saves_only_its_own_setting_and_says_so() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let settings = format!("/inspect/{id}/settings");
    let own = "token=own&own_token=mine";
    for (saved, form) in [
        ("general", "name=staging"),
        ("capture-url", own),
        ("response", "reply=503%2C+204"),
        ("browsers", "cors=origins&origins=https%3A%2F%2Fa.example"),
    ] {
        let page = owner.opens(&settings);
        assert!(
            !page.contains("class=\"saved\""),
            "nothing was saved just now"
        );
        // The form of the section sends just these fields.
        for field in form.split('&') {
            let name = field.split('=').next().expect("a name");
            assert!(
                section(&page, saved).contains(&format!("name=\"{name}\"")),
                "{form}"
            );
        }
        let sent = owner.sends(&settings, form);
        assert_eq!(sent.status, 303, "{form}");
        let back = format!("{settings}?saved={saved}#{saved}");
        assert_eq!(sent.header("location"), Some(back.as_str()));
        let page = owner.opens(&back);
        assert_eq!(
            section(&page, "capture-url").contains("?token=mine</code>"),
            saved != "general",
            "the section shows the current URL"
        );
        for id in ["general", "capture-url", "response", "browsers"] {
            let says = section(&page, id).contains("role=\"status\">Saved<");
            assert_eq!(says, id == saved, "{saved}: {id}");
        }
    }
    // None undid another.
    let page = owner.opens(&settings);
    assert!(section(&page, "general").contains("name=\"name\" value=\"staging\""));
    assert!(section(&page, "capture-url").contains("Keep <code>mine</code>"));
    assert!(section(&page, "response").contains("name=\"reply\" value=\"503, 204\""));
    assert!(section(&page, "browsers").contains("value=\"https://a.example\""));
    assert!(owner.target(&id).ends_with("?token=mine"));
    assert!(
        !owner
            .opens(&format!("{settings}?saved=%3Cx%3E"))
            .contains("class=\"saved\"")
    );
}

#[test]
fn a_section_with_an_error_keeps_what_was_typed_and_the_others_as_they_are() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let settings = format!("/inspect/{id}/settings");
    for form in [
        "name=staging",
        "token=own&own_token=mine",
        "reply=503",
        "cors=off",
    ] {
        assert_eq!(owner.sends(&settings, form).status, 303, "{form}");
    }
    let long = "x".repeat(101);
    let (typed_name, typed_token) = (
        format!("name={long}"),
        format!("token=own&own_token={}", "y".repeat(257)),
    );
    for (wrong, form, typed) in [
        ("general", typed_name.as_str(), long.as_str()),
        ("capture-url", typed_token.as_str(), "value=\"own\" checked"),
        ("capture-url", typed_token.as_str(), "yyyyyyyyy"),
        (
            "capture-url",
            "token=own&own_token=",
            "value=\"own\" checked",
        ),
        (
            "response",
            "reply=302%2C+nonsense",
            "value=\"302, nonsense\"",
        ),
        (
            "browsers",
            "cors=origins&origins=nonsense+https%3A%2F%2Fa.example",
            "value=\"nonsense https://a.example\"",
        ),
        (
            "browsers",
            "cors=origins&origins=",
            "value=\"origins\" checked",
        ),
        ("browsers", "cors=some", "choose which pages may send"),
    ] {
        let refused = owner.sends(&settings, form);
        assert_eq!(refused.status, 400, "{form}");
        let page = refused.text();
        assert!(section(&page, wrong).contains(typed), "{form}: {page}");
        for id in ["general", "capture-url", "response", "browsers"] {
            let says = section(&page, id).contains("class=\"field-wrong\" role=\"alert\"");
            assert_eq!(says, id == wrong, "{form}: {id}");
        }
        assert!(!page.contains("class=\"saved\""));
        for (id, kept) in [
            ("general", "value=\"staging\""),
            ("capture-url", "Keep <code>mine</code>"),
            ("response", "value=\"503\""),
            ("browsers", "value=\"off\" checked"),
        ] {
            assert!(
                id == wrong || section(&page, id).contains(kept),
                "{form}: {id}"
            );
        }
    }
    assert!(owner.opens(&settings).contains("value=\"staging\""));
    assert!(owner.target(&id).ends_with("?token=mine"));
}

#[test]
fn the_settings_say_which_pages_may_send() {
    let creel = Creel::start(&[]);
    let mut owner = Visitor::new(&creel);
    let id = owner.mints();
    let settings = format!("/inspect/{id}/settings");
    let browsers = || section(&owner.opens(&settings), "browsers").to_owned();
    assert!(browsers().contains("value=\"any\" checked"));
    let origins = "cors=origins&origins=https%3A%2F%2FA.example%2F%2C%0D%0A+null++http%3A%2F%2Flocalhost%3A3000";
    for (form, shown) in [
        (
            origins,
            "value=\"https://a.example null http://localhost:3000\"",
        ),
        ("cors=off&origins=passed-over", "value=\"off\" checked"),
        ("cors=any&origins=", "value=\"any\" checked"),
    ] {
        assert_eq!(owner.sends(&settings, form).status, 303, "{form}");
        let page = browsers();
        assert!(page.contains(shown), "{form}: {page}");
        assert!(!page.contains("passed-over"));
    }
}
