package io.anyqueue.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.anyqueue.PayloadTypes;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.jsontype.TypeIdResolver;
import tools.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import tools.jackson.databind.jsontype.impl.TypeIdResolverBase;

/** The property {@code @type} of sealed types: logical names of the permitted leaves, and nothing else. */
final class SealedTypeResolver extends StdTypeResolverBuilder {
    SealedTypeResolver() {
        super(JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "@type", null);
    }

    @Override
    public StdTypeResolverBuilder init(JsonTypeInfo.@Nullable Value settings, @Nullable TypeIdResolver resolver) {
        return this;
    }

    @Override
    public StdTypeResolverBuilder withDefaultImpl(@Nullable Class<?> defaultImpl) {
        return this;
    }

    /** A sealed class that is not abstract is what a body without a name holds. */
    @Override
    protected @Nullable JavaType defineDefaultImpl(DatabindContext context, JavaType base) {
        return base.isAbstract() ? null : base;
    }

    @Override
    protected TypeIdResolver idResolver(
            DatabindContext context,
            JavaType base,
            PolymorphicTypeValidator validator,
            Collection<NamedType> subtypes,
            boolean writing,
            boolean reading) {
        return new LeafNames(base);
    }

    private static final class LeafNames extends TypeIdResolverBase {
        private static final long serialVersionUID = 1L;

        private final JavaType base;
        private final transient PayloadTypes leaves;

        LeafNames(JavaType base) {
            super(base);
            this.base = base;
            this.leaves = PayloadTypes.of(base.getRawClass());
        }

        @Override
        public String idFromValue(DatabindContext context, Object value) {
            return idFromValueAndType(context, value, value.getClass());
        }

        @Override
        public String idFromValueAndType(DatabindContext context, @Nullable Object value, Class<?> type) {
            return leaves.name(type)
                    .orElseThrow(
                            () -> new Refusal(type.getName() + " is no leaf of the sealed type " + base.getRawClass()));
        }

        @Override
        public JavaType typeFromId(DatabindContext context, String name) {
            Class<?> leaf = leaves.type(name)
                    .orElseThrow(() -> new Refusal("the @type is none of those permitted for "
                            + base.getRawClass().getName()));
            return context.constructSpecializedType(base, leaf);
        }

        @Override
        public String getDescForKnownTypeIds() {
            return leaves.names().toString();
        }

        @Override
        public JsonTypeInfo.Id getMechanism() {
            return JsonTypeInfo.Id.NAME;
        }
    }
}
