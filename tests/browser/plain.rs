//! The pages without JavaScript: everything works except live updates.

use crate::app::Creel;
use crate::browser::Browser;

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_and_all_tabs_work_without_javascript() {
    let creel = Creel::start(&[]);
    let browser = Browser::without_script().await;
    let target = format!("{}&x=1", browser.create_endpoint(&creel).await);
    assert_eq!(
        creel
            .http(
                "POST",
                &target,
                &[("X-Marker", "in a header")],
                b"{\"marker\":\"in the body\"}"
            )
            .status,
        200
    );
    browser.page.refresh().await.unwrap();
    browser.click(".row[data-seq='1'] a").await;
    for (tab, text) in [("body", "in the body"), ("request", "in a header")] {
        browser
            .click(&format!("#detail a[href*='tab={tab}']"))
            .await;
        let shown = browser.see("#detail").await.text().await.unwrap();
        assert!(shown.contains(text), "{tab}: {shown}");
    }
}
