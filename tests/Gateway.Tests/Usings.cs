global using Pleiad.TestKit;
global using Xunit;
