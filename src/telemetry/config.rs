//! Where a plant's connections are configured: `gemba.toml` beside the opened file, or the file that was named.

use std::{
    io::ErrorKind,
    path::{Path, PathBuf},
};

use bevy::prelude::*;
use gemba_model::Issue;
use gemba_sources::{Connections, read_connections};

/// The name of the configuration beside a plant.
const FILE_NAME: &str = "gemba.toml";

/// Where connections come from, besides `gemba.toml` beside the plant.
#[derive(Resource, Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigSource {
    /// The file that was named in place of the one beside the plant.
    pub file: Option<PathBuf>,
    /// URLs that replace configured ones, or make a connection, by connection name.
    pub urls: Vec<(String, String)>,
    /// The plant that both are for; any plant where it is not said. A plant that is opened later has its own connections, and
    /// must not be shown with the values of another.
    pub of_plant: Option<PathBuf>,
}

impl ConfigSource {
    /// Reads the connections for the plant in `plant_file`. A missing file beside the plant is no issue here: a plant
    /// that needs a connection says so itself.
    #[must_use]
    pub fn read(&self, plant_file: &Path) -> (Connections, Vec<Issue>) {
        if !self.is_for(plant_file) {
            return Self::default().read(plant_file);
        }
        let beside = plant_file.parent().unwrap_or(Path::new("")).join(FILE_NAME);
        let file = self.file.as_deref().unwrap_or(&beside);
        let (mut connections, mut issues) = match std::fs::read_to_string(file) {
            Ok(text) => read_connections(&text, file),
            Err(error) if error.kind() == ErrorKind::NotFound && self.file.is_none() => Default::default(),
            Err(error) => {
                let message = format!("the connections cannot be read: {error}");
                let remedy =
                    "Name a readable TOML file with `--config`, or put `gemba.toml` beside the plant";
                let issue = Issue::error("config.unreadable", message, remedy);
                (
                    Connections::default(),
                    vec![issue.in_file(file.display().to_string())],
                )
            }
        };
        for (name, url) in &self.urls {
            issues.extend(override_url(&mut connections, name, url));
        }
        (connections, issues)
    }
}

impl ConfigSource {
    fn is_for(&self, plant_file: &Path) -> bool {
        let whole = |file: &Path| std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
        self.of_plant
            .as_deref()
            .is_none_or(|of| whole(of) == whole(plant_file))
    }
}

/// Gives the connection `name` the endpoint of `url` and keeps the rest of it.
fn override_url(connections: &mut Connections, name: &str, url: &str) -> Vec<Issue> {
    let mut table = toml::Table::new();
    table.insert("url".to_owned(), url.into());
    let mut named = toml::Table::new();
    named.insert(name.to_owned(), table.into());
    let mut root = toml::Table::new();
    root.insert("connection".to_owned(), named.into());
    let (read, issues) = read_connections(&root.to_string(), Path::new("the command line"));
    for (name, config) in read.by_name {
        connections.refused.retain(|refused| *refused != name);
        connections
            .by_name
            .entry(name)
            .and_modify(|known| known.endpoint = config.endpoint.clone())
            .or_insert(config);
    }
    issues
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_file_that_is_not_there_is_an_issue_and_one_beside_the_plant_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let plant = folder.path().join("plant.usda");
        let (connections, issues) = ConfigSource::default().read(&plant);
        assert!(connections.by_name.is_empty() && issues.is_empty());
        let named = ConfigSource {
            file: Some(folder.path().join("other.toml")),
            ..Default::default()
        };
        let (_, issues) = named.read(&plant);
        assert_eq!(issues[0].code, "config.unreadable");
    }

    #[test]
    fn a_url_replaces_the_endpoint_and_keeps_the_rest() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = "[connection.plant]\nurl = \"mqtts://broker.example\"\nusername = \"viewer\"\n";
        std::fs::write(folder.path().join(FILE_NAME), text).expect("written");
        let urls = vec![
            ("plant".to_owned(), "mqtt://127.0.0.1:2883".to_owned()),
            ("other".to_owned(), "mqtt://127.0.0.1".to_owned()),
            ("bad".to_owned(), "nowhere".to_owned()),
        ];
        let plant = folder.path().join("plant.usda");
        let source = ConfigSource {
            urls,
            of_plant: Some(plant.clone()),
            ..Default::default()
        };
        let (connections, issues) = source.read(&plant);
        let plant = &connections.by_name["plant"];
        assert_eq!(
            (plant.endpoint.host.as_str(), plant.endpoint.port),
            ("127.0.0.1", 2883)
        );
        assert!(!plant.endpoint.is_tls && plant.username.is_some());
        assert_eq!(connections.by_name["other"].endpoint.port, 1883);
        assert_eq!(issues.len(), 1);
        assert_eq!(issues[0].code, "config.bad-url");

        let (connections, issues) = source.read(&folder.path().join("another.usda"));
        assert!(issues.is_empty());
        assert_eq!(connections.by_name["plant"].endpoint.host, "broker.example");
        assert!(
            !connections.by_name.contains_key("other"),
            "another plant has its own"
        );
    }
}
