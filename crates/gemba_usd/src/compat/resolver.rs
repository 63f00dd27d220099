//! The asset resolver in front of `openusd`: every layer passes through it, and leaves it readable.
//!
//! Resolving is [`DefaultResolver`]'s. A text layer that can only be mended as a binary one is resolved to its own path
//! with `.usd` appended, the extension for which `openusd` looks at the content; opening drops it again.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::rc::Rc;
use std::time::SystemTime;

use gemba_model::Issue;
use openusd::ar::{Asset, AssetBuffer, AssetInfo, DefaultResolver, ResolvedPath, Resolver};

use super::bound::Bound;
use super::crate_file;
use super::root::{Content, content_of};
use super::text::{self, Refusal};

/// Appended to the resolved path of a text layer that is handed over as a binary one.
const ALIAS: &str = ".usd";

/// What was mended or refused while layers were read. Clones share the list.
#[derive(Clone, Debug, Default)]
pub struct Mends(Rc<RefCell<Found>>);

#[derive(Debug, Default)]
struct Found {
    issues: Vec<Issue>,
    files: HashSet<String>,
    refusals: Vec<(String, Refusal)>,
}

impl Mends {
    /// Takes the issues found so far, in the order the layers were read.
    #[must_use]
    pub fn take(&self) -> Vec<Issue> {
        std::mem::take(&mut self.0.borrow_mut().issues)
    }

    /// Why the layer at `file` was refused.
    pub(super) fn refusal(&self, file: &str) -> Option<Refusal> {
        self.0
            .borrow()
            .refusals
            .iter()
            .find(|(name, _)| name == file)
            .map(|(_, refusal)| refusal.clone())
    }

    /// Adds what was found in `file`, once however often it is read.
    fn add(&self, file: &str, issues: impl IntoIterator<Item = Issue>, refusal: Option<&Refusal>) {
        let mut found = self.0.borrow_mut();
        if !found.files.insert(file.to_owned()) {
            return;
        }
        found.issues.extend(issues);
        if let Some(refusal) = refusal {
            found.issues.push(
                Issue::error(refusal.code, refusal.message.clone(), refusal.remedy)
                    .in_file(file)
                    .at_line(refusal.line),
            );
            found.refusals.push((file.to_owned(), refusal.clone()));
        }
    }
}

/// See the module.
pub(super) struct MendingResolver {
    inner: DefaultResolver,
    mends: Mends,
    /// The layer that [`Resolver::resolve`] rebuilt, until it is opened.
    rebuilt: RefCell<Option<(String, Vec<u8>)>>,
    bound: RefCell<Bound>,
}

impl MendingResolver {
    pub(super) fn new(inner: DefaultResolver, mends: Mends) -> Self {
        Self {
            inner,
            mends,
            rebuilt: RefCell::new(None),
            bound: RefCell::default(),
        }
    }

    fn read(&self, path: &ResolvedPath) -> io::Result<AssetBuffer> {
        self.inner.open_asset(path)?.into_buffer()
    }

    /// Looks at a text layer and reports what it found.
    fn look(&self, bytes: &[u8], file: &str) -> text::Look {
        let mut look = text::look(bytes);
        if look.refusal.is_none() {
            let anchor = ResolvedPath::new(file);
            let locate = |asset: &str| {
                let located = self
                    .inner
                    .resolve(&self.inner.create_identifier(asset, Some(&anchor)))?;
                Some(located.to_string())
            };
            look.refusal = self.mends.refusal(file);
            if look.refusal.is_none() {
                look.refusal = self
                    .bound
                    .borrow_mut()
                    .add(file, std::mem::take(&mut look.arcs), locate);
            }
        }
        self.mends.add(
            file,
            look.mended.iter().map(|it| it.issue(file)),
            look.refusal.as_ref(),
        );
        look
    }

    /// The binary form of the text layer at `path`, where it has no readable text form.
    fn rebuild(&self, path: &ResolvedPath) -> Option<Vec<u8>> {
        let bytes = self.read(path).ok()?;
        if content_of(&bytes) != Content::Text {
            return None;
        }
        let look = self.look(&bytes, &path.to_string());
        if !look.placeholders || look.refusal.is_some() {
            return None;
        }
        text::rebuild(&look.text?)
    }

    fn mended(&self, bytes: AssetBuffer, file: &str) -> io::Result<AssetBuffer> {
        match content_of(&bytes) {
            Content::Text => {
                let look = self.look(&bytes, file);
                if let Some(refusal) = look.refusal {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, refusal.message));
                }
                let Some(text) = look.text else { return Ok(bytes) };
                if look.placeholders
                    && extension(file).eq_ignore_ascii_case("usd")
                    && let Some(rebuilt) = text::rebuild(&text)
                {
                    return Ok(AssetBuffer::Owned(rebuilt));
                }
                Ok(AssetBuffer::Owned(text.into_bytes()))
            }
            Content::Crate => {
                let Some(mended) = crate_file::mend_tokens(&bytes) else {
                    return Ok(bytes);
                };
                let message = format!(
                    "{} names or strings that are not UTF-8 were read as Windows-1252, such as `{}`",
                    mended.tokens, mended.example
                );
                let issue = Issue::note("usd.mended-encoding", message, "export the file with UTF-8 names")
                    .in_file(file);
                self.mends.add(file, [issue], None);
                Ok(AssetBuffer::Owned(mended.bytes))
            }
            Content::Package | Content::Other => Ok(bytes),
        }
    }
}

/// The extension of a path, of the innermost entry for one inside a package.
fn extension(path: &str) -> &str {
    let inner = path.trim_end_matches(']');
    let name = inner.rsplit(['/', '\\', '[']).next().unwrap_or(inner);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_layer(path: &str) -> bool {
    let extension = extension(path);
    ["usda", "usdc", "usd"]
        .iter()
        .any(|it| extension.eq_ignore_ascii_case(it))
}

/// The path of the layer behind `path`, which may be an alias.
pub(super) fn unalias(path: &str) -> Cow<'_, str> {
    let inner = path.trim_end_matches(']');
    let brackets = &path[inner.len()..];
    match inner.strip_suffix(ALIAS) {
        Some(real) if extension(real).eq_ignore_ascii_case("usda") => Cow::Owned(format!("{real}{brackets}")),
        _ => Cow::Borrowed(path),
    }
}

fn alias(path: &str) -> String {
    let inner = path.trim_end_matches(']');
    format!("{inner}{ALIAS}{}", &path[inner.len()..])
}

impl Resolver for MendingResolver {
    fn create_identifier(&self, asset_path: &str, anchor: Option<&ResolvedPath>) -> String {
        self.inner.create_identifier(asset_path, anchor)
    }

    fn resolve(&self, asset_path: &str) -> Option<ResolvedPath> {
        let resolved = self.inner.resolve(asset_path)?;
        let path = resolved.to_str()?.to_owned();
        if !extension(&path).eq_ignore_ascii_case("usda") {
            return Some(resolved);
        }
        let Some(bytes) = self.rebuild(&resolved) else {
            return Some(resolved);
        };
        *self.rebuilt.borrow_mut() = Some((path.clone(), bytes));
        Some(ResolvedPath::new(alias(&path)))
    }

    fn resolve_for_new_asset(&self, asset_path: &str) -> Option<ResolvedPath> {
        self.inner.resolve_for_new_asset(asset_path)
    }

    fn open_asset(&self, resolved_path: &ResolvedPath) -> io::Result<Box<dyn Asset>> {
        let path = resolved_path.to_string();
        if !is_layer(&path) {
            return self.inner.open_asset(resolved_path);
        }
        if let Cow::Owned(real) = unalias(&path)
            && !Path::new(&path).exists()
        {
            let held = self
                .rebuilt
                .borrow_mut()
                .take()
                .filter(|(held, _)| *held == real)
                .map(|(_, bytes)| bytes);
            let rebuilt = held.or_else(|| self.rebuild(&ResolvedPath::new(&real)));
            let bytes = rebuilt.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?;
            return Ok(Box::new(io::Cursor::new(AssetBuffer::Owned(bytes))));
        }
        let bytes = self.mended(self.read(resolved_path)?, &path)?;
        Ok(Box::new(io::Cursor::new(bytes)))
    }

    fn is_context_dependent_path(&self, asset_path: &str) -> bool {
        self.inner.is_context_dependent_path(asset_path)
    }

    fn in_memory_identifier<'a>(&self, asset_path: &'a str) -> Cow<'a, str> {
        self.inner.in_memory_identifier(asset_path)
    }

    fn get_asset_info(&self, asset_path: &str, resolved_path: &ResolvedPath) -> AssetInfo {
        self.inner.get_asset_info(asset_path, resolved_path)
    }

    fn get_modification_timestamp(
        &self,
        asset_path: &str,
        resolved_path: &ResolvedPath,
    ) -> Option<SystemTime> {
        let path = resolved_path.to_string();
        self.inner
            .get_modification_timestamp(asset_path, &ResolvedPath::new(&*unalias(&path)))
    }

    fn identity(&self) -> String {
        self.inner.identity()
    }

    fn cache_id(&self) -> Option<u64> {
        self.inner.cache_id()
    }
}
