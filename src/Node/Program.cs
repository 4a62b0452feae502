using Pleiad.Node;

return await PleiadCommand.InvokeAsync(args, Console.Out, Console.Error);
