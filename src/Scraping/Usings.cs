global using Pleiad.Yaml;
// One set of protocols for asking (configuration) and for reading (Content-Type).
global using ScrapeProtocol = Pleiad.Exposition.ScrapeProtocol;
