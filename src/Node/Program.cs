Console.Error.WriteLine("pleiad: the node is being assembled");
return 1;
