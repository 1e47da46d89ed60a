//! Why nothing arrives: the list of causes, for the waiting page and the documentation.
//!
//! **Invariant:** both show all causes of `langgraph::guide::troubleshooting`, in its order.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::langgraph::guide::troubleshooting::CAUSES;
use crate::web::render::rich_text::Prose;

#[derive(Template)]
#[template(path = "_causes.html")]
pub(crate) struct Causes {
    causes: Vec<CauseView>,
    /// Whether each cause is unfolded.
    open: bool,
}

impl HtmlSafe for Causes {}

struct CauseView {
    name: &'static str,
    title: Prose,
    symptom: Prose,
    remedy: Prose,
    /// URL of the doctor, if it helps with this cause.
    doctor_href: Option<String>,
}

impl Causes {
    /// The list; `doctor_href` is the URL of the doctor.
    pub(crate) fn new(doctor_href: &str, open: bool) -> Self {
        let causes = CAUSES.iter().map(|cause| CauseView {
            name: cause.name,
            title: Prose::written(cause.title),
            symptom: Prose::written(cause.symptom),
            remedy: Prose::written(cause.fix),
            doctor_href: cause.doctor.then(|| doctor_href.to_owned()),
        });
        Self {
            causes: causes.collect(),
            open,
        }
    }
}
