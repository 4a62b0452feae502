global using Pleiad.Yaml;
global using Xunit;
