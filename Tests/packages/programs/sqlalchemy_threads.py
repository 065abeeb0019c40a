# SQLAlchemy's mapped classes over one sqlite file, from several threads.
import os
import tempfile
import threading

from sqlalchemy import ForeignKey, create_engine, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = 'user'
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    addresses: Mapped[list['Address']] = relationship(back_populates='user', cascade='all, delete-orphan')


class Address(Base):
    __tablename__ = 'address'
    id: Mapped[int] = mapped_column(primary_key=True)
    mail: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey('user.id'))
    user: Mapped['User'] = relationship(back_populates='addresses')


folder = tempfile.mkdtemp()
engine = create_engine('sqlite:///' + os.path.join(folder, 'x.db'), connect_args={'timeout': 60})
Base.metadata.create_all(engine)
finished = []


def work(i):
    with Session(engine) as session:
        for k in range(4):
            user = User(name=f'{i}-{k}', addresses=[Address(mail=f'{i}.{k}.{j}@x') for j in range(3)])
            session.add(user)
            session.commit()
            assert user.addresses[0].user is user
        for _ in range(10):
            users = session.scalars(select(User).where(User.name.like(f'{i}-%')).options(selectinload(User.addresses))).all()
            assert len(users) == 4 and all(len(u.addresses) == 3 for u in users)
    finished.append(i)


threads = [threading.Thread(target=work, args=(i,)) for i in range(5)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(sorted(finished))
with Session(engine) as session:
    query = select(User.name, func.count(Address.id).label('n')).join(Address).group_by(User.name).order_by(User.name).limit(3)
    print(query)
    print(session.execute(query).all())
    session.delete(session.get(User, 1))
    session.commit()
    print(session.scalar(select(func.count()).select_from(Address)))
    try:
        session.execute(text('select nothing'))
    except Exception as e:
        print(type(e).__name__, e)
