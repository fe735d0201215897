using HareMQ.Comparison;

return new ComparisonProgram().Run(args);
