# PEP 401's inequality, which a flag of compile() switches on; flags of features that are no longer in the future.
import __future__

for source in ('2 <> 3', '2 != 3', 'x = 1 <> 2\ny = 3 != 4', '1 <> 1'):
    for flags in (0, __future__.CO_FUTURE_BARRY_AS_BDFL):
        try:
            print(repr(source), hex(flags), eval(compile(source, '<bdfl>', 'exec' if '\n' in source else 'eval', flags)))
        except SyntaxError as e:
            print(repr(source), hex(flags), e.msg, e.lineno, e.offset, e.end_offset, e.text)
for name in __future__.all_feature_names:
    feature = getattr(__future__, name)
    print(name, hex(feature.compiler_flag), compile('1', 'f', 'eval', feature.compiler_flag).co_name)
for flags in (0x20, 1 << 30, 0x10):
    try:
        compile('1', 'f', 'eval', flags)
        print(hex(flags))
    except ValueError as e:
        print(hex(flags), e)
