//! Why VR cannot start or had to end, and what a person can do about it.

use std::fmt;

use thiserror::Error;

/// A result code of OpenXR (`XrResult`), as the runtime gave it. Negative codes are errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct XrCode(pub i32);

/// The codes that are told apart here, with their names in the specification ("Return Codes").
const NAMES: &[(XrCode, &str)] = &[
    (XrCode::VALIDATION_FAILURE, "XR_ERROR_VALIDATION_FAILURE"),
    (XrCode::RUNTIME_FAILURE, "XR_ERROR_RUNTIME_FAILURE"),
    (XrCode::OUT_OF_MEMORY, "XR_ERROR_OUT_OF_MEMORY"),
    (
        XrCode::API_VERSION_UNSUPPORTED,
        "XR_ERROR_API_VERSION_UNSUPPORTED",
    ),
    (XrCode::INITIALIZATION_FAILED, "XR_ERROR_INITIALIZATION_FAILED"),
    (XrCode::EXTENSION_NOT_PRESENT, "XR_ERROR_EXTENSION_NOT_PRESENT"),
    (XrCode::LIMIT_REACHED, "XR_ERROR_LIMIT_REACHED"),
    (XrCode::INSTANCE_LOST, "XR_ERROR_INSTANCE_LOST"),
    (XrCode::SESSION_RUNNING, "XR_ERROR_SESSION_RUNNING"),
    (XrCode::SESSION_NOT_RUNNING, "XR_ERROR_SESSION_NOT_RUNNING"),
    (XrCode::SESSION_LOST, "XR_ERROR_SESSION_LOST"),
    (XrCode::PATH_UNSUPPORTED, "XR_ERROR_PATH_UNSUPPORTED"),
    (
        XrCode::SWAPCHAIN_FORMAT_UNSUPPORTED,
        "XR_ERROR_SWAPCHAIN_FORMAT_UNSUPPORTED",
    ),
    (
        XrCode::VIEW_CONFIGURATION_TYPE_UNSUPPORTED,
        "XR_ERROR_VIEW_CONFIGURATION_TYPE_UNSUPPORTED",
    ),
    (XrCode::FILE_ACCESS_ERROR, "XR_ERROR_FILE_ACCESS_ERROR"),
    (XrCode::FILE_CONTENTS_INVALID, "XR_ERROR_FILE_CONTENTS_INVALID"),
    (
        XrCode::FORM_FACTOR_UNSUPPORTED,
        "XR_ERROR_FORM_FACTOR_UNSUPPORTED",
    ),
    (
        XrCode::FORM_FACTOR_UNAVAILABLE,
        "XR_ERROR_FORM_FACTOR_UNAVAILABLE",
    ),
    (XrCode::API_LAYER_NOT_PRESENT, "XR_ERROR_API_LAYER_NOT_PRESENT"),
    (XrCode::CALL_ORDER_INVALID, "XR_ERROR_CALL_ORDER_INVALID"),
    (
        XrCode::GRAPHICS_DEVICE_INVALID,
        "XR_ERROR_GRAPHICS_DEVICE_INVALID",
    ),
    (XrCode::RUNTIME_UNAVAILABLE, "XR_ERROR_RUNTIME_UNAVAILABLE"),
];

#[expect(missing_docs, reason = "the specification's own names; NAMES spells them out")]
impl XrCode {
    pub const VALIDATION_FAILURE: Self = Self(-1);
    pub const RUNTIME_FAILURE: Self = Self(-2);
    pub const OUT_OF_MEMORY: Self = Self(-3);
    pub const API_VERSION_UNSUPPORTED: Self = Self(-4);
    pub const INITIALIZATION_FAILED: Self = Self(-6);
    pub const EXTENSION_NOT_PRESENT: Self = Self(-9);
    pub const LIMIT_REACHED: Self = Self(-10);
    pub const INSTANCE_LOST: Self = Self(-13);
    pub const SESSION_RUNNING: Self = Self(-14);
    pub const SESSION_NOT_RUNNING: Self = Self(-16);
    pub const SESSION_LOST: Self = Self(-17);
    pub const PATH_UNSUPPORTED: Self = Self(-22);
    pub const SWAPCHAIN_FORMAT_UNSUPPORTED: Self = Self(-26);
    pub const FILE_ACCESS_ERROR: Self = Self(-32);
    pub const FILE_CONTENTS_INVALID: Self = Self(-33);
    pub const FORM_FACTOR_UNSUPPORTED: Self = Self(-34);
    pub const FORM_FACTOR_UNAVAILABLE: Self = Self(-35);
    pub const API_LAYER_NOT_PRESENT: Self = Self(-36);
    pub const CALL_ORDER_INVALID: Self = Self(-37);
    pub const GRAPHICS_DEVICE_INVALID: Self = Self(-38);
    pub const VIEW_CONFIGURATION_TYPE_UNSUPPORTED: Self = Self(-41);
    pub const RUNTIME_UNAVAILABLE: Self = Self(-51);
}

impl fmt::Display for XrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(code, _)| code == self) {
            Some((_, name)) => f.write_str(name),
            None => write!(f, "XrResult {}", self.0),
        }
    }
}

/// What the runtime was asked for when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// Which extensions there are: the first call that needs a runtime.
    ListExtensions,
    /// An instance.
    MakeInstance,
    /// A head-mounted display.
    FindHeadset,
    /// A graphics device that the headset can show pictures of.
    MakeDevice,
    /// A session.
    MakeSession,
    /// Spaces, swapchains and actions of a session.
    PrepareSession,
    /// Begin showing pictures.
    BeginSession,
    /// Stop showing pictures.
    EndSession,
    /// Leave, with the runtime's consent.
    RequestExit,
    /// What happened.
    PollEvents,
    /// Anything between two frames: waiting, images, views, submitting.
    Frame,
    /// Controllers.
    Input,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ListExtensions => "listing its extensions",
            Self::MakeInstance => "making an instance",
            Self::FindHeadset => "looking for a headset",
            Self::MakeDevice => "making a graphics device",
            Self::MakeSession => "making a session",
            Self::PrepareSession => "preparing a session",
            Self::BeginSession => "beginning a session",
            Self::EndSession => "ending a session",
            Self::RequestExit => "leaving a session",
            Self::PollEvents => "asking for events",
            Self::Frame => "showing a frame",
            Self::Input => "reading the controllers",
        })
    }
}

/// Why VR is not to be had. Each text says what happened and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// No loader library on this machine.
    #[error(
        "there is no OpenXR loader on this machine (looked for {searched}): install it (Debian and Ubuntu: apt install \
         libopenxr-loader1; Fedora: dnf install openxr), then enter VR again"
    )]
    NoLoader {
        /// The names of libraries that were tried.
        searched: String,
    },
    /// The loader knows no runtime, or its manifest is broken.
    #[error(
        "no OpenXR runtime is set up ({detail}): install the headset's software (SteamVR, Monado, WiVRn, …), make it the \
         active OpenXR runtime, and enter VR again"
    )]
    NoRuntime {
        /// What the loader said.
        detail: String,
    },
    /// There is a runtime, and it does not come up: its service or compositor does not run.
    #[error(
        "the OpenXR runtime does not answer ({detail}): start it (SteamVR, monado-service, …), see that it finds the \
         headset, and enter VR again"
    )]
    RuntimeSilent {
        /// What it was asked and what it said.
        detail: String,
    },
    /// Another application has the headset.
    #[error("the headset is in use by another application: close that one, and enter VR again")]
    RuntimeBusy,
    /// No headset is connected.
    #[error("{runtime} finds no headset: connect it, switch it on, and enter VR again")]
    NoHeadset {
        /// The runtime's name.
        runtime: String,
    },
    /// The runtime serves something else than headsets.
    #[error(
        "{runtime} serves no headsets: make the headset's own software the active OpenXR runtime, and enter VR again"
    )]
    NotForHeadsets {
        /// The runtime's name.
        runtime: String,
    },
    /// The runtime lacks what this viewer draws with.
    #[error("{runtime} lacks {what}, which Gemba needs to draw: update it, or use another OpenXR runtime")]
    Unfit {
        /// The runtime's name.
        runtime: String,
        /// The extension, version or format.
        what: String,
    },
    /// The graphics driver does not do what runtime and viewer need.
    #[error(
        "the graphics driver cannot draw for the headset ({detail}): update it, or connect the headset to another card"
    )]
    Driver {
        /// What failed.
        detail: String,
    },
    /// The session was lost; another may work.
    #[error("the connection to the headset was lost: check its cable and battery, and enter VR again")]
    SessionLost,
    /// The runtime is gone.
    #[error(
        "the OpenXR runtime has ended: start it again, then enter VR; the viewer has to restart for that"
    )]
    RuntimeGone,
    /// Anything else.
    #[error(
        "VR had to end: {call}, the OpenXR runtime said {code}. Restart the headset's software, and enter VR again"
    )]
    Other {
        /// What was asked.
        call: Call,
        /// The answer.
        code: XrCode,
    },
}

impl Failure {
    /// What `code` means as the answer to `call` of the runtime called `runtime` (empty before it is known).
    #[must_use]
    pub fn of(call: Call, code: XrCode, runtime: &str) -> Self {
        let runtime = || {
            if runtime.is_empty() {
                "The OpenXR runtime".to_owned()
            } else {
                runtime.to_owned()
            }
        };
        match (call, code) {
            (_, XrCode::INSTANCE_LOST) => Self::RuntimeGone,
            (_, XrCode::SESSION_LOST) => Self::SessionLost,
            (
                Call::ListExtensions | Call::MakeInstance,
                XrCode::RUNTIME_UNAVAILABLE | XrCode::FILE_ACCESS_ERROR | XrCode::FILE_CONTENTS_INVALID,
            ) => Self::NoRuntime {
                detail: code.to_string(),
            },
            // Some loaders say so for want of a runtime, before any has been loaded.
            (Call::ListExtensions, XrCode::RUNTIME_FAILURE | XrCode::INITIALIZATION_FAILED) => {
                Self::NoRuntime {
                    detail: code.to_string(),
                }
            }
            (Call::MakeInstance, XrCode::RUNTIME_FAILURE | XrCode::INITIALIZATION_FAILED) => {
                Self::RuntimeSilent {
                    detail: format!("{call}, it said {code}"),
                }
            }
            (Call::MakeInstance | Call::MakeSession, XrCode::LIMIT_REACHED) => Self::RuntimeBusy,
            (Call::MakeInstance, XrCode::API_VERSION_UNSUPPORTED) => Self::Unfit {
                runtime: runtime(),
                what: "OpenXR 1.0".to_owned(),
            },
            (Call::MakeInstance, XrCode::EXTENSION_NOT_PRESENT) => Self::Unfit {
                runtime: runtime(),
                what: "XR_KHR_vulkan_enable2".to_owned(),
            },
            (_, XrCode::SWAPCHAIN_FORMAT_UNSUPPORTED) => Self::Unfit {
                runtime: runtime(),
                what: "pictures of 8 bits in sRGB".to_owned(),
            },
            (_, XrCode::VIEW_CONFIGURATION_TYPE_UNSUPPORTED) => Self::Unfit {
                runtime: runtime(),
                what: "a view for each eye".to_owned(),
            },
            (Call::FindHeadset, XrCode::FORM_FACTOR_UNAVAILABLE) => Self::NoHeadset { runtime: runtime() },
            (Call::FindHeadset, XrCode::FORM_FACTOR_UNSUPPORTED) => {
                Self::NotForHeadsets { runtime: runtime() }
            }
            (Call::MakeDevice | Call::MakeSession, XrCode::GRAPHICS_DEVICE_INVALID)
            | (Call::MakeDevice, _) => Self::Driver {
                detail: code.to_string(),
            },
            _ => Self::Other { call, code },
        }
    }

    /// Whether the instance is dead with it, so that only a new process has another chance.
    #[must_use]
    pub fn ends_instance(&self) -> bool {
        matches!(self, Self::RuntimeGone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(call: Call, code: XrCode) -> Failure {
        Failure::of(call, code, "Monado")
    }

    #[test]
    fn each_class_is_told_apart() {
        // As a runtime and a loader gave them: no manifest, no service, no display, a killed service.
        let unavailable = of(Call::ListExtensions, XrCode::RUNTIME_UNAVAILABLE);
        assert!(matches!(unavailable, Failure::NoRuntime { .. }));
        let silent = of(Call::MakeInstance, XrCode::RUNTIME_FAILURE);
        assert!(matches!(silent, Failure::RuntimeSilent { .. }));
        let busy = of(Call::MakeSession, XrCode::LIMIT_REACHED);
        assert_eq!(busy, Failure::RuntimeBusy);
        let none = of(Call::FindHeadset, XrCode::FORM_FACTOR_UNAVAILABLE);
        assert!(matches!(none, Failure::NoHeadset { ref runtime } if runtime == "Monado"));
        assert_eq!(of(Call::Frame, XrCode::INSTANCE_LOST), Failure::RuntimeGone);
        assert_eq!(of(Call::Frame, XrCode::SESSION_LOST), Failure::SessionLost);
        let other = of(Call::Frame, XrCode(-777));
        assert!(other.to_string().contains("XrResult -777"), "{other}");
    }

    #[test]
    fn every_message_says_what_to_do() {
        let text = || "x".to_owned();
        let all = [
            Failure::NoLoader { searched: text() },
            Failure::NoRuntime { detail: text() },
            Failure::RuntimeSilent { detail: text() },
            Failure::RuntimeBusy,
            Failure::NoHeadset { runtime: text() },
            Failure::NotForHeadsets { runtime: text() },
            Failure::Unfit {
                runtime: text(),
                what: text(),
            },
            Failure::Driver { detail: text() },
            Failure::SessionLost,
            Failure::RuntimeGone,
            of(Call::Frame, XrCode::OUT_OF_MEMORY),
        ];
        let verbs = [
            "install", "start", "Restart", "close", "connect", "make", "update", "check",
        ];
        for failure in all {
            let message = failure.to_string();
            assert!(verbs.iter().any(|verb| message.contains(verb)), "{message}");
        }
    }

    #[test]
    fn an_unnamed_runtime_is_still_a_sentence() {
        let failure = Failure::of(Call::FindHeadset, XrCode::FORM_FACTOR_UNAVAILABLE, "");
        assert!(
            failure
                .to_string()
                .starts_with("The OpenXR runtime finds no headset")
        );
    }
}
