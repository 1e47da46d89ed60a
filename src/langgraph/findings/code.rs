//! The codes and levels of findings.
//!
//! **Invariant:** codes are part of the API: new ones may be added, existing ones never change their meaning.

use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much a finding matters.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Note,
    /// Worth a look.
    Warning,
    /// Something was lost.
    Problem,
}

impl Level {
    /// Its name, as the API has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

impl Display for Level {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! codes {
    ($($about:literal $code:ident = $name:literal)*) => {
        /// What a finding is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Code {
            $(#[doc = $about] $code,)*
        }

        impl Code {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$code),*];

            /// Its name, as the API has it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    "`success`, which a paused run reports too." SuccessMayBePaused = "success_may_be_paused"
    "The run was cancelled." Cancelled = "cancelled"
    "Another run superseded it." Superseded = "superseded"
    "The server deleted the run." RolledBack = "rolled_back"
    "The run took longer than its server allows." TimedOut = "timed_out"
    "`values` is null: the run is stateless." ValuesNullStateless = "values_null_stateless"
    "`values` is null: the run was rolled back." ValuesNullRolledBack = "values_null_rolled_back"
    "`values` is null: nothing was checkpointed." ValuesNullNoCheckpoint = "values_null_no_checkpoint"
    "`values` is absent." ValuesAbsent = "values_absent"
    "The message of the exception was replaced." ErrorMasked = "error_masked"
    "Fields that are always sent are absent." PartialPayload = "partial_payload"
    "The body is JSON, the Content-Type says text." ContentTypeText = "content_type_text"
    "More than one Content-Type header." ContentTypeRepeated = "content_type_repeated"
    "Only the first bytes of the body were stored." BodyCut = "body_cut"
    "The body was sent with a Content-Encoding." BodyCompressed = "body_compressed"
    "The JSON was sent in another charset than UTF-8." CharsetNotUtf8 = "charset_not_utf8"
    "The request has no token." TokenMissing = "token_missing"
    "The token does not match." TokenWrong = "token_wrong"
    "The request has more than one token." TokenRepeated = "token_repeated"
    "The body contains the token." TokenInBody = "token_in_body"
    "The body contains possible secrets." SecretsInBody = "secrets_in_body"
    "A GET without a body, possibly a redirected delivery." RedirectedGet = "redirected_get"
    "The run was delivered with another body." SameRunOtherBytes = "same_run_other_bytes"
    "The same delivery was sent before." DeliveredAgain = "delivered_again"
    "Times contradict each other." ClockSkew = "clock_skew"
    "A time has no time zone." TimeWithoutZone = "time_without_zone"
    "A member of the run occurs more than once." MemberRepeated = "member_repeated"
    "A number of the run is not JSON." NumberNotJson = "number_not_json"
    "A status that creel does not know." StatusUnknown = "status_unknown"
    "A version or a field that creel does not know yet." ShapeNewer = "shape_newer"
    "A webhook of another LangChain product." OtherLangchainWebhook = "other_langchain_webhook"
    "Values of creel's own cookies were removed." OwnCookiesRemoved = "own_cookies_removed"
    "A strict server would have refused the request." NotStrictHttp = "not_strict_http"
    "Stored values of the delivery cannot be read." RowDamaged = "row_damaged"
}

impl Display for Code {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
        for level in [Level::Note, Level::Warning, Level::Problem] {
            assert_eq!(serde_json::to_value(level).unwrap(), level.name());
        }
    }
}
